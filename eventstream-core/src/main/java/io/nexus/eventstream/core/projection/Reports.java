package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.LaneHolder;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.projection.ProjectionFailure;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says how projections stand. */
final class Reports {

    private static final Logger log = LoggerFactory.getLogger(Reports.class);

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

    /**
     * Returns how a build stands that was just saved or moved; if that cannot be asked, what is known of it. So nobody is left
     * without an alert because the storage went away after the commit.
     */
    ProjectionStatus of(StoredProjection known) {
        try {
            return of(known.key());
        } catch (RuntimeException e) {
            log.debug("How {} stands cannot be asked", known.key(), e);
            Position checkpoint = known.checkpoint().position();
            Position head = known.failure()
                    .map(ProjectionFailure::position)
                    .filter(checkpoint::isBefore)
                    .orElse(checkpoint);
            return status(known, head, Duration.ZERO, Optional.empty(), List.of());
        }
    }

    /** Returns the storage's time; this machine's, if that cannot be asked. */
    Instant now() {
        try {
            return settings.storage().now();
        } catch (RuntimeException e) {
            log.debug("The storage's time cannot be asked", e);
            return Instant.now();
        }
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
        return status(build, head, lag, build.leaseUntil().filter(until -> until.isAfter(now)), blockers);
    }

    private ProjectionStatus status(
            StoredProjection build,
            Position head,
            Duration lag,
            Optional<Instant> leaseUntil,
            List<LaneHolder> blockers) {
        ProjectionKey key = build.key();
        Position checkpoint = build.checkpoint().position();
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
                checkpoint.isBefore(head) ? held.positionsPerSecond(key) : OptionalDouble.empty(),
                build.failure(),
                leaseUntil.flatMap(until -> build.leaseOwner()),
                leaseUntil,
                blockers);
    }

    private Position head(TenantId tenant) {
        return settings.store().head(tenant).map(LogHead::position).orElse(Position.START);
    }
}
