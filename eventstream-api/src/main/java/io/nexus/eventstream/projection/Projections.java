package io.nexus.eventstream.projection;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * Runs projectors and answers for them, for all tenants. What {@code ProjectionEngine} does, as an interface, for whoever
 * decorates an engine or writes one.
 *
 * <p>Thread-safe. Methods block for as long as the storage takes. They throw {@link
 * io.nexus.eventstream.StorageException} if it cannot be reached, and {@link IllegalArgumentException} for the name of a
 * projector that is not registered here.
 */
public interface Projections extends AutoCloseable {

    /**
     * Begins to work, in the background; does nothing but say so if projections are switched off.
     *
     * @throws IllegalStateException if it was started before
     */
    void start();

    /**
     * Says that something may have been appended for a tenant. Not needed for correctness, nor for appends of the engine's own
     * store: for appends in a transaction of the host, after its commit, so that read models need not wait for the next
     * poll.
     */
    void wake(TenantId tenant);

    /** Says that something may have been appended for any tenant, for example after a time without hints. */
    void wakeAll();

    /** Stops working, waits up to ten seconds for turns that are being taken, and lets its projections go to others. */
    @Override
    void close();

    /**
     * Gives every projection that is behind the log one turn, in the caller's thread; for hosts that bring their own timer,
     * and for tests. Failures are dealt with as in the background, except that nothing is waited for.
     *
     * @return how many events were handled
     */
    long runOnce();

    /**
     * Works in the caller's thread until every projection has caught up or stopped, or what is left waits for others.
     *
     * @return how many events were handled
     */
    long run();

    /**
     * Builds a read model anew beside the live one, which serves until the new one has caught up and takes its place.
     * Returns at once; the engine does the work, and goes on with it after a crash.
     *
     * @throws IllegalStateException if it is being rebuilt already
     */
    void rebuild(TenantId tenant, String projection);

    /**
     * Builds a read model anew, in parts or with a comparison before it takes the live one's place.
     *
     * @throws IllegalStateException if it is being rebuilt already
     * @throws IllegalArgumentException if the projector cannot be rebuilt in this way
     */
    void rebuild(TenantId tenant, String projection, RebuildOptions options);

    /** Gives up a rebuild that is not live yet, and empties its tables; returns whether there was one. */
    boolean cancel(TenantId tenant, String projection);

    /**
     * Lets a rebuild take the live read model's place although they differ; it had been compared and kept back.
     *
     * @throws IllegalStateException if there is no such rebuild
     */
    void switchOver(TenantId tenant, String projection);

    /**
     * Makes the read model live again that was before the last switch. It goes on from where it stood then, so it is behind
     * for a while.
     *
     * @throws IllegalStateException if there is none
     */
    void rollBack(TenantId tenant, String projection);

    /**
     * Stops a projection, and its rebuild, until it is resumed. A turn that is being taken is waited for.
     *
     * @throws IllegalStateException if there is nothing that runs
     */
    void pause(TenantId tenant, String projection);

    /**
     * Lets a projection that was paused or has failed go on, with the event that it stopped before.
     *
     * @throws IllegalStateException if there is nothing that was stopped
     */
    void resume(TenantId tenant, String projection);

    /**
     * Replays the events that the live projection has put aside, in order, each stream until one fails again.
     *
     * @return how many were replayed
     * @throws ProjectionException if one failed; it and those behind it in its stream stay aside
     */
    long replayParked(TenantId tenant, String projection);

    /** Returns the first 1,000 events that the live projection has put aside, in order. */
    List<ParkedEvent> parked(TenantId tenant, String projection);

    /**
     * Returns the name of a live read model's table, to read from. Ask for each reading: a switch gives it another name, and
     * the tables of the build before keep what they had until the next rebuild.
     *
     * @param table the table without its slot, as the projector gives it to {@link ProjectionContext#table}
     * @throws IllegalStateException if the tenant has no live one yet
     */
    String table(TenantId tenant, String projection, String table);

    /** Returns how a tenant's projection stands, each build of it, the live one first; empty if there is none yet. */
    List<ProjectionStatus> status(TenantId tenant, String projection);

    /** Returns how all projections of a tenant stand, those that only other engines know included. */
    List<ProjectionStatus> status(TenantId tenant);

    /**
     * Waits until a tenant's read model contains what an append recorded. Any engine on any node may be the one that brings
     * it there.
     *
     * @throws ProjectionTimeoutException if it has not come so far in time
     * @throws ProjectionException if the projection has failed before
     */
    void awaitProjection(TenantId tenant, AppendResult result, String projection, Duration timeout);

    /**
     * Tries a projector, registered or not, on a tenant's whole log and throws away what it wrote. On PostgreSQL in a
     * transaction that is rolled back; sequences and what it does outside of it stay.
     */
    DryRunReport dryRun(TenantId tenant, Projector projector);

    /**
     * Builds a read model for the moment, as of any moment, asks it a question, and throws it away: the trial balance table
     * as it would have stood at the end of the year, as known then.
     *
     * @param question reads through the context's resource, from {@link ProjectionContext#table}
     * @return what the question returned
     * @throws ProjectionException if the projector failed
     */
    <T> T live(TenantId tenant, Projector projector, AsOf asOf, Function<ProjectionContext, T> question);

    /**
     * Lets a listener hear of what is committed from now on, for all tenants, in a thread of its own.
     *
     * @param capacity with {@link Overflow#SKIP_OLDEST}, how many events of a tenant may wait, 1 or more
     * @return a handle that ends it
     */
    Subscription subscribe(EventListener listener, int capacity, Overflow overflow);
}
