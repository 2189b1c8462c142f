package io.nexus.eventstream.core;

import io.nexus.eventstream.projection.ProjectionStatus;
import io.nexus.eventstream.statistics.TenantStatistics;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How a tenant's log stands, for a dashboard.
 *
 * @param statistics its events in numbers
 * @param snapshots what became of the states that this process was asked for, of all tenants; empty without snapshots
 * @param projections how its projections stand; empty without an engine
 */
public record TenantHealth(
        TenantStatistics statistics, Optional<SnapshotUse> snapshots, List<ProjectionStatus> projections) {

    /** Copies the list. */
    public TenantHealth {
        Objects.requireNonNull(statistics, "statistics");
        Objects.requireNonNull(snapshots, "snapshots");
        projections = List.copyOf(projections);
    }
}
