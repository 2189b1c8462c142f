package io.nexus.eventstream.core;

import java.time.Duration;

/**
 * How a configuration wants snapshots to be made and kept.
 *
 * @param enabled whether snapshots are made and read at all
 * @param threshold events after which a stream is to have a new snapshot, unless a {@link SnapshotPolicy} says otherwise
 * @param retention how long snapshots are kept; the newest of each stream and fold stays however old it is
 * @param cacheTtl how long a state stays in memory before it is loaded anew; zero for no cache
 * @param maxBytes how many bytes of UTF-8 JSON the state in a snapshot may have
 */
public record SnapshotSettings(boolean enabled, int threshold, Duration retention, Duration cacheTtl, int maxBytes) {

    private static final Duration LONGEST_TTL = Duration.ofDays(1);
    private static final Duration LONGEST_RETENTION = Duration.ofDays(36_500);
    private static final int MOST_BYTES = 256 * 1024 * 1024;

    /** Checks the numbers. */
    public SnapshotSettings {
        if (threshold < 1) {
            throw new IllegalArgumentException("threshold is %d, it must be 1 or more".formatted(threshold));
        }
        if (retention.compareTo(Duration.ofDays(1)) < 0 || retention.compareTo(LONGEST_RETENTION) > 0) {
            throw new IllegalArgumentException("retention is %d days, it must be 1 to %d"
                    .formatted(retention.toDays(), LONGEST_RETENTION.toDays()));
        }
        if (maxBytes < 1 || maxBytes > MOST_BYTES) {
            throw new IllegalArgumentException("maxBytes is %d, it must be 1 to %d".formatted(maxBytes, MOST_BYTES));
        }
        if (cacheTtl.isNegative() || cacheTtl.compareTo(LONGEST_TTL) > 0) {
            throw new IllegalArgumentException("cacheTtl is %d seconds, it must be 0 (no cache) to %d"
                    .formatted(cacheTtl.toSeconds(), LONGEST_TTL.toSeconds()));
        }
    }

    /** Returns what the specification has: enabled, every 100 events, kept for 30 days, 5 minutes in memory, 16 MiB. */
    public static SnapshotSettings defaults() {
        return new SnapshotSettings(true, 100, Duration.ofDays(30), Duration.ofMinutes(5), 16 * 1024 * 1024);
    }

    /** Returns the same, switched on or off. */
    public SnapshotSettings withEnabled(boolean on) {
        return new SnapshotSettings(on, threshold, retention, cacheTtl, maxBytes);
    }

    /** Returns the same with another threshold. */
    public SnapshotSettings withThreshold(int events) {
        return new SnapshotSettings(enabled, events, retention, cacheTtl, maxBytes);
    }

    /** Returns the same, kept for another time. */
    public SnapshotSettings withRetention(Duration time) {
        return new SnapshotSettings(enabled, threshold, time, cacheTtl, maxBytes);
    }

    /** Returns the same with another time in memory. */
    public SnapshotSettings withCacheTtl(Duration ttl) {
        return new SnapshotSettings(enabled, threshold, retention, ttl, maxBytes);
    }

    /** Returns the same with another bound of a state's size, 1 byte to 256 MiB. */
    public SnapshotSettings withMaxBytes(int bytes) {
        return new SnapshotSettings(enabled, threshold, retention, cacheTtl, bytes);
    }
}
