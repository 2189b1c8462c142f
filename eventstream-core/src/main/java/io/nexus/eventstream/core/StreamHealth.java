package io.nexus.eventstream.core;

import io.nexus.eventstream.projection.ProjectionStatus;
import io.nexus.eventstream.snapshot.SnapshotInfo;
import io.nexus.eventstream.statistics.StreamStatistics;
import java.util.List;
import java.util.Objects;

/**
 * How a stream stands, for a dashboard.
 *
 * @param statistics its events in numbers
 * @param snapshots its snapshots of all folds, of each the newest first
 * @param projections how the tenant's projections stand, which is how far this stream's events are projected at least; empty without an engine
 */
public record StreamHealth(
        StreamStatistics statistics, List<SnapshotInfo> snapshots, List<ProjectionStatus> projections) {

    /** Copies the lists. */
    public StreamHealth {
        Objects.requireNonNull(statistics, "statistics");
        snapshots = List.copyOf(snapshots);
        projections = List.copyOf(projections);
    }

    /** Returns how many events have been appended since the newest snapshot of any fold. */
    public long eventsSinceSnapshot() {
        long newest = snapshots.stream()
                .mapToLong(snapshot -> snapshot.version().value())
                .max()
                .orElse(0);
        return Math.max(0, statistics.version().value() - newest);
    }
}
