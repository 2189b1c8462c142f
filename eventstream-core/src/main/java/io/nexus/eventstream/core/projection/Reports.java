package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.LaneHolder;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.projection.ProjectionStatus;
import io.nexus.eventstream.projection.SlotRole;
import io.nexus.eventstream.spi.ProjectionKey;
import io.nexus.eventstream.spi.StoredProjection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Says how projections stand. */
final class Reports {

    private final EngineSettings settings;
    private final HeldProjections held;

    Reports(EngineSettings settings, HeldProjections held) {
        this.settings = settings;
        this.held = held;
    }

    /** Returns how all builds of a projection stand, the live one first. */
    List<ProjectionStatus> of(TenantId tenant, String projection) {
        Position head = head(tenant);
        List<StoredProjection> builds = settings.storage().find(tenant, projection);
        List<ProjectionStatus> reports = new ArrayList<>();
        for (SlotRole role : SlotRole.values()) {
            Slots.withRole(builds, role).forEach(build -> reports.add(report(build, head)));
        }
        return reports;
    }

    /**
     * Returns how one build stands.
     *
     * @throws IllegalStateException if it is gone
     */
    ProjectionStatus of(ProjectionKey key) {
        return settings.storage().find(key.tenant(), key.projection()).stream()
                .filter(build -> build.key().equals(key))
                .findFirst()
                .map(build -> report(build, head(key.tenant())))
                .orElseThrow(() -> new IllegalStateException("there is no projection " + key));
    }

    private ProjectionStatus report(StoredProjection build, Position head) {
        ProjectionKey key = build.key();
        Position checkpoint = build.checkpoint().position();
        boolean behind = checkpoint.isBefore(head);
        Instant now = settings.storage().now();
        Duration lag = behind && build.role() != SlotRole.PREVIOUS
                ? settings.storage()
                        .recordedAfter(key.tenant(), checkpoint)
                        .map(recorded -> Duration.between(recorded, now))
                        .filter(waited -> !waited.isNegative())
                        .orElse(Duration.ZERO)
                : Duration.ZERO;
        List<LaneHolder> blockers = behind && build.state() == ProjectionState.RUNNING
                ? settings.storage().blockers(key)
                : List.of();
        Optional<Instant> leaseUntil = build.leaseUntil().filter(until -> until.isAfter(now));
        return new ProjectionStatus(
                key.tenant(),
                key.projection(),
                key.slot(),
                build.role(),
                build.state(),
                build.version(),
                build.inline(),
                checkpoint,
                head,
                lag,
                build.handled(),
                build.parked(),
                behind ? held.positionsPerSecond(key) : OptionalDouble.empty(),
                build.failure(),
                leaseUntil.flatMap(until -> build.leaseOwner()),
                leaseUntil,
                blockers);
    }

    private Position head(TenantId tenant) {
        return settings.store().head(tenant).map(LogHead::position).orElse(Position.START);
    }
}
