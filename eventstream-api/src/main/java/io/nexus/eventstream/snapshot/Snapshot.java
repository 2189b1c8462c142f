package io.nexus.eventstream.snapshot;

import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import java.time.Instant;
import java.util.Objects;

/**
 * The state of a fold after an event of a stream.
 *
 * @param tenant the owner of the log
 * @param stream the stream
 * @param version the version of the last event in the state
 * @param foldName which fold made it
 * @param schemaVersion the version of the state's shape, 1 or more
 * @param state the state as JSON
 * @param checksum SHA-256 over all of the above, 64 hexadecimal digits
 * @param createdAt when it was saved
 */
public record Snapshot(
        TenantId tenant,
        StreamId stream,
        EventVersion version,
        String foldName,
        int schemaVersion,
        String state,
        String checksum,
        Instant createdAt) {

    /** Checks that nothing is missing. */
    public Snapshot {
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(stream, "stream");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(foldName, "foldName");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(checksum, "checksum");
        Objects.requireNonNull(createdAt, "createdAt");
    }

    /** Returns what it is a snapshot of, without the state. */
    @Override
    public String toString() {
        return "Snapshot[%s of tenant %s at version %s by %s v%d]"
                .formatted(stream, tenant, version, foldName, schemaVersion);
    }
}
