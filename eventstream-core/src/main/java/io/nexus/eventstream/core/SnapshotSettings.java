package io.nexus.eventstream.core;

import java.time.Duration;

/**
 * How a configuration wants snapshots to be made and kept.
 *
 * @param enabled whether snapshots are made and read at all
 * @param threshold events after which a stream is to have a new snapshot, unless a {@link SnapshotPolicy} says otherwise
 * @param retention how long snapshots are kept; the newest of each stream and fold stays however old it is
 * @param cacheTtl how long a state stays in memory before it is loaded anew; zero for no cache
 */
public record SnapshotSettings(boolean enabled, int threshold, Duration retention, Duration cacheTtl) {

    private static final Duration LONGEST_TTL = Duration.ofDays(1);

    /** Checks the numbers. */
    public SnapshotSettings {
        if (threshold < 1) {
            throw new IllegalArgumentException("threshold is %d, it must be 1 or more".formatted(threshold));
        }
        if (retention.compareTo(Duration.ofDays(1)) < 0) {
            throw new IllegalArgumentException(
                    "retention is %d days, it must be 1 or more".formatted(retention.toDays()));
        }
        if (cacheTtl.isNegative() || cacheTtl.compareTo(LONGEST_TTL) > 0) {
            throw new IllegalArgumentException("cacheTtl is %d seconds, it must be 0 (no cache) to %d"
                    .formatted(cacheTtl.toSeconds(), LONGEST_TTL.toSeconds()));
        }
    }

    /** Returns what the specification has: enabled, every 100 events, kept for 30 days, 5 minutes in memory. */
    public static SnapshotSettings defaults() {
        return new SnapshotSettings(true, 100, Duration.ofDays(30), Duration.ofMinutes(5));
    }

    /** Returns the same, switched on or off. */
    public SnapshotSettings withEnabled(boolean on) {
        return new SnapshotSettings(on, threshold, retention, cacheTtl);
    }

    /** Returns the same with another threshold. */
    public SnapshotSettings withThreshold(int events) {
        return new SnapshotSettings(enabled, events, retention, cacheTtl);
    }

    /** Returns the same, kept for another time. */
    public SnapshotSettings withRetention(Duration time) {
        return new SnapshotSettings(enabled, threshold, time, cacheTtl);
    }

    /** Returns the same with another time in memory. */
    public SnapshotSettings withCacheTtl(Duration ttl) {
        return new SnapshotSettings(enabled, threshold, retention, ttl);
    }
}
