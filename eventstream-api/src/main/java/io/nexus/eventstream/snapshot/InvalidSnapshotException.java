package io.nexus.eventstream.snapshot;

import io.nexus.eventstream.EventStreamException;
import io.nexus.eventstream.TenantId;
import java.util.Objects;

/**
 * A stored snapshot cannot stand in for the events. It is reported to {@link SnapshotListener#onInvalid} and never reaches a
 * reader, whose answer comes from the events; it is deleted where that is allowed.
 *
 * <p><strong>What to do:</strong> nothing for the reader's sake. See the {@link Reason}.
 */
public final class InvalidSnapshotException extends EventStreamException {

    private static final long serialVersionUID = 1L;

    private final transient TenantId tenant;
    private final transient SnapshotInfo snapshot;
    private final Reason reason;

    /** Creates the exception. */
    public InvalidSnapshotException(TenantId tenant, SnapshotInfo snapshot, Reason reason) {
        super(
                "the snapshot of stream %s of tenant %s at version %s by fold %s v%d is passed over: %s"
                        .formatted(
                                snapshot.stream(),
                                tenant,
                                snapshot.version(),
                                snapshot.foldName(),
                                snapshot.schemaVersion(),
                                reason.text),
                null);
        this.tenant = Objects.requireNonNull(tenant, "tenant");
        this.snapshot = snapshot;
        this.reason = reason;
    }

    /** Returns the owner of the log. */
    public TenantId tenant() {
        return tenant;
    }

    /** Returns which snapshot it is. */
    public SnapshotInfo snapshot() {
        return snapshot;
    }

    /** Returns what is wrong with it. */
    public Reason reason() {
        return reason;
    }

    /** Why a snapshot is passed over. */
    public enum Reason {
        /** What is stored is not what was saved, or was saved under another key. */
        CHECKSUM("its checksum does not fit what is stored, so somebody changed it or the key: find out who"),

        /** The log has no event of that version with that hash: the log was restored to an earlier state. */
        OTHER_HISTORY(
                "the log does not hold the event that it ends with, so the log was set back after it was saved: find out who restored what"),

        /** A replay of the events gives another state. */
        DIFFERENT_STATE(
                "the events give another state, so the fold changed without a new schema version or somebody changed the snapshot: find out which"),

        /** The state's JSON does not fit the state's class. */
        UNREADABLE("its state cannot be read into the class of the state: raise the fold's schema version"),

        /** It was made by a fold of a lower schema version than this application's. */
        OUTDATED("this application's fold has a higher schema version, which is as it should be after an update");

        private final String text;

        Reason(String text) {
            this.text = text;
        }
    }
}
