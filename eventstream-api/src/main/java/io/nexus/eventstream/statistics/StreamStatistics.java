package io.nexus.eventstream.statistics;

import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.StreamId;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A stream in numbers.
 *
 * @param stream the stream
 * @param version the version of the last event, which is also the number of events; exact
 * @param bytes the size of payloads and metadata as they are stored, of the events that have been counted
 * @param counted how many events {@code bytes} covers; below {@code version} while counting is behind the log
 * @param firstRecordedAt when the first event was recorded; empty without events
 * @param latestRecordedAt when the last event was recorded; empty without events
 */
public record StreamStatistics(
        StreamId stream,
        EventVersion version,
        long bytes,
        long counted,
        Optional<Instant> firstRecordedAt,
        Optional<Instant> latestRecordedAt) {

    /** Checks that nothing is missing. */
    public StreamStatistics {
        Objects.requireNonNull(stream, "stream");
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(firstRecordedAt, "firstRecordedAt");
        Objects.requireNonNull(latestRecordedAt, "latestRecordedAt");
    }
}
