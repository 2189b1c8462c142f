package io.nexus.eventstream.projection;

import io.nexus.eventstream.LaneHolder;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How one build of a projection stands.
 *
 * @param tenant whose it is
 * @param projection the projector's name
 * @param slot what stands behind the names of its tables
 * @param role what the build is for
 * @param state whether it goes on
 * @param version the version of the projector that builds it
 * @param inline whether appends update it in their own transaction
 * @param checkpoint the position up to which it has taken effect
 * @param head the newest position of the log
 * @param lag how long the oldest event that it has not handled has been waiting, by the database's clock; zero if it is up
 *     to date
 * @param handled how many events it has handled, those put aside included
 * @param parked how many events it has put aside
 * @param eventsPerSecond its rate in this engine; empty if another node runs it or it is at rest
 * @param failure why it stopped, if it did
 * @param leaseHolder the engine that runs it, if any
 * @param leaseUntil until when that engine has it for itself, by the database's clock
 * @param blockers transactions that it waits for at this moment, or that hold it; for a projection that stands still
 *     without having failed
 */
public record ProjectionStatus(
        TenantId tenant,
        String projection,
        String slot,
        SlotRole role,
        ProjectionState state,
        int version,
        boolean inline,
        Position checkpoint,
        Position head,
        Duration lag,
        long handled,
        long parked,
        OptionalDouble eventsPerSecond,
        Optional<ProjectionFailure> failure,
        Optional<String> leaseHolder,
        Optional<Instant> leaseUntil,
        List<LaneHolder> blockers) {

    /** Copies the list. */
    public ProjectionStatus {
        blockers = List.copyOf(blockers);
    }

    /** Returns the same without what a failure says and without blockers, whose texts may quote data, for those who may not see what these say. */
    public ProjectionStatus withoutErrorText() {
        return new ProjectionStatus(
                tenant,
                projection,
                slot,
                role,
                state,
                version,
                inline,
                checkpoint,
                head,
                lag,
                handled,
                parked,
                eventsPerSecond,
                failure.map(each -> new ProjectionFailure(each.position(), "withheld", "", each.failedAt())),
                leaseHolder,
                leaseUntil,
                List.of());
    }

    /** Returns how many positions of the log are not behind it yet. */
    public long lagInEvents() {
        return Math.max(0, head.value() - checkpoint.value());
    }
}
