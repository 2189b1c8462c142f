package io.nexus.eventstream.snapshot;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;

/**
 * The state of a fold after an event of a stream, with what tells whether it may stand in for the events up to there: the
 * hash of that event, which ties it to one history, and the two times that decide which questions about the past it can
 * answer.
 *
 * @param tenant the owner of the log
 * @param stream the stream
 * @param version the version of the last event in the state
 * @param foldName which fold made it
 * @param schemaVersion the version of the state's shape and meaning, 1 or more
 * @param eventHash the hash of the event of that version
 * @param recordedAt when that event was recorded
 * @param latestOccurredAt the latest business time of all events in the state; a question about an earlier one cannot be
 *     answered from it
 * @param state the state as JSON
 * @param checksum 64 hexadecimal digits over all of the above: a SHA-256, or an HMAC-SHA-256 where the host supplies a key
 * @param createdAt when it was saved
 */
public record Snapshot(
        TenantId tenant,
        StreamId stream,
        EventVersion version,
        String foldName,
        int schemaVersion,
        EventHash eventHash,
        Instant recordedAt,
        Instant latestOccurredAt,
        String state,
        String checksum,
        Instant createdAt) {

    /** Checks that nothing is missing. */
    public Snapshot {
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(stream, "stream");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(foldName, "foldName");
        Objects.requireNonNull(eventHash, "eventHash");
        Objects.requireNonNull(recordedAt, "recordedAt");
        Objects.requireNonNull(latestOccurredAt, "latestOccurredAt");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(checksum, "checksum");
        Objects.requireNonNull(createdAt, "createdAt");
    }

    /** Returns the same snapshot with this checksum. */
    public Snapshot withChecksum(String newChecksum) {
        return new Snapshot(
                tenant,
                stream,
                version,
                foldName,
                schemaVersion,
                eventHash,
                recordedAt,
                latestOccurredAt,
                state,
                newChecksum,
                createdAt);
    }

    /** Returns what there is to know about it without its state. */
    public SnapshotInfo info() {
        return new SnapshotInfo(
                stream, version, foldName, schemaVersion, state.getBytes(StandardCharsets.UTF_8).length, createdAt);
    }

    /** Returns what it is a snapshot of, without the state. */
    @Override
    public String toString() {
        return "Snapshot[%s of tenant %s at version %s by %s v%d]"
                .formatted(stream, tenant, version, foldName, schemaVersion);
    }
}
