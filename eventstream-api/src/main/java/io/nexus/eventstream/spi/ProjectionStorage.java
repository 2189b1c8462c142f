package io.nexus.eventstream.spi;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.LaneHolder;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.projection.ParkedEvent;
import io.nexus.eventstream.projection.Projector;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Keeps what the projection engine must not forget. It decides nothing; what must hold is that a {@link
 * ProjectionTransaction} is atomic, and that {@link ProjectionTransaction#advance} and {@link ProjectionTransaction#lock}
 * let one transaction through at a time for each projection.
 *
 * <p>Implementations are thread-safe. Every method may throw {@link io.nexus.eventstream.StorageException}.
 */
public interface ProjectionStorage {

    /**
     * Runs the work in a transaction of its own, which is committed when the work returns and rolled back when it throws.
     *
     * @return what the work returned
     * @throws io.nexus.eventstream.StorageException if the storage failed, which is not the work's fault; whether the
     *     transaction was committed is then unknown
     * @throws RuntimeException what the work threw, if the storage did not fail
     */
    <T> T transaction(TenantId tenant, Work<T> work);

    /** Returns a transaction that ends in a roll-back whatever happens, for read models of the moment. */
    <T> T rolledBack(TenantId tenant, Work<T> work);

    /**
     * Returns what an engine has to do, over all tenants: projections that run and are behind the log, in front of it, or
     * being built, unless another engine has them; and tenants with events that have no live projection of a projector,
     * or only one of a lower version and none being built.
     *
     * @param projectors those whose projections are looked for
     * @param owner the engine that asks
     * @param tenant the one tenant to look at; all if empty
     * @param limit how many at most, those first that have waited longest
     */
    List<DueProjection> due(Collection<Projector> projectors, String owner, Optional<TenantId> tenant, int limit);

    /** Returns the newest position of each log that has any, over all tenants, for listeners to committed events. */
    List<TenantHead> heads();

    /**
     * Takes a projection over if nobody else has it, or if whoever had it let its time run out, and raises the token.
     *
     * @return the projection as it is now; empty if it does not run, somebody else has it, or there is none
     */
    Optional<StoredProjection> acquire(ProjectionKey key, String owner, Duration lease);

    /** Lets a projection go, if the token is still the right one. */
    void release(ProjectionKey key, long leaseToken);

    /** Returns all builds of a tenant's projection, parts included. */
    List<StoredProjection> find(TenantId tenant, String projection);

    /** Returns the names of the projections that a tenant has. */
    List<String> names(TenantId tenant);

    /** Returns what a projection has put aside, in order. */
    List<ParkedEvent> parked(ProjectionKey key, int limit);

    /** Returns the hash of the event at a position. */
    Optional<EventHash> hashAt(TenantId tenant, Position position);

    /** Returns when the event after a position was recorded. */
    Optional<Instant> recordedAfter(TenantId tenant, Position position);

    /** Returns the storage's time, by which leases run and waiting is measured. */
    Instant now();

    /** Returns who holds a projection's row and who keeps them waiting, as far as the storage can tell. */
    List<LaneHolder> blockers(ProjectionKey key);

    /**
     * Returns what may be told of an exception that came from the storage, or from a read model in it, without quoting a value: an
     * error code, the name of a table or of a constraint. Empty, as by default, if there is nothing of the kind.
     */
    default String facts(Throwable failure) {
        return "";
    }

    /** Something to do in a transaction. */
    @FunctionalInterface
    interface Work<T> {
        /** Does it. */
        T in(ProjectionTransaction transaction);
    }
}
