package io.nexus.eventstream.snapshot;

import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.StreamId;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * A snapshot without its state, for lists.
 *
 * @param stream the stream
 * @param version the version of the last event in the state
 * @param foldName which fold made it
 * @param schemaVersion the version of the state's shape and meaning
 * @param sizeBytes the size of the state, bytes of UTF-8 JSON
 * @param createdAt when it was saved
 */
public record SnapshotInfo(
        StreamId stream, EventVersion version, String foldName, int schemaVersion, long sizeBytes, Instant createdAt) {

    /** Checks that nothing is missing. */
    public SnapshotInfo {
        Objects.requireNonNull(stream, "stream");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(foldName, "foldName");
        Objects.requireNonNull(createdAt, "createdAt");
    }

    /** Returns how long ago it was saved; zero if it was saved after {@code now}. */
    public Duration age(Instant now) {
        Duration age = Duration.between(createdAt, now);
        return age.isNegative() ? Duration.ZERO : age;
    }
}
