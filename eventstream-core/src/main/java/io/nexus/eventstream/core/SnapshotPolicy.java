package io.nexus.eventstream.core;

/**
 * When the streams of a category get snapshots by a fold, and whether readers begin at them.
 *
 * <pre>{@code
 * SnapshotPolicy.everyEvents(500).afterAppend()
 * }</pre>
 *
 * @param threshold events since the last snapshot after which there is to be a new one, 1 or more
 * @param made when it is made
 * @param readFrom whether states are loaded from snapshots; {@code false} makes them only, for example to compare them with a
 *     replay before they are relied on
 */
public record SnapshotPolicy(int threshold, Made made, boolean readFrom) {

    /** When a snapshot is made by itself. */
    public enum Made {
        /** Never; by {@link SnapshotManager#create}, {@link SnapshotManager#createIfNeeded} or the scheduled job only. */
        ON_DEMAND,
        /** By whoever loads a state and had to read as many events as the threshold says. */
        ON_LOAD,
        /** By whoever appends the event that crosses a multiple of the threshold. */
        AFTER_APPEND
    }

    /** Checks the threshold. */
    public SnapshotPolicy {
        if (threshold < 1) {
            throw new IllegalArgumentException("threshold is %d, it must be 1 or more".formatted(threshold));
        }
    }

    /** Returns a policy for a new snapshot after so many events, made on load. */
    public static SnapshotPolicy everyEvents(int threshold) {
        return new SnapshotPolicy(threshold, Made.ON_LOAD, true);
    }

    /** Returns the same, made when somebody asks for it only. */
    public SnapshotPolicy onDemand() {
        return new SnapshotPolicy(threshold, Made.ON_DEMAND, readFrom);
    }

    /** Returns the same, made on load. */
    public SnapshotPolicy onLoad() {
        return new SnapshotPolicy(threshold, Made.ON_LOAD, readFrom);
    }

    /** Returns the same, made after an append through an {@link EventStreamManager}. */
    public SnapshotPolicy afterAppend() {
        return new SnapshotPolicy(threshold, Made.AFTER_APPEND, readFrom);
    }

    /** Returns the same with all states read from events, as if there were no snapshots. */
    public SnapshotPolicy readingEvents() {
        return new SnapshotPolicy(threshold, made, false);
    }
}
