package io.nexus.eventstream.snapshot;

import io.nexus.eventstream.EventStreamException;

/**
 * A stored snapshot is not what was saved: its checksum is wrong, it is of another schema version, or it is newer than the
 * log. It is reported to whoever watches over snapshots and never reaches a reader, whose answer comes from the events.
 *
 * <p><strong>What to do:</strong> nothing for the reader's sake, the snapshot is replaced. Find out who changed the row.
 */
public final class InvalidSnapshotException extends EventStreamException {

    private static final long serialVersionUID = 1L;

    private final transient Snapshot snapshot;

    /** Creates the exception. */
    public InvalidSnapshotException(Snapshot snapshot, String reason) {
        super(
                "%s is not valid: %s; it is passed over and replaced: find out who changed it"
                        .formatted(snapshot, reason),
                null);
        this.snapshot = snapshot;
    }

    /** Returns the snapshot as it was found. */
    public Snapshot snapshot() {
        return snapshot;
    }
}
