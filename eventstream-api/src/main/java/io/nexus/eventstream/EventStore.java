package io.nexus.eventstream;

import java.util.List;

/**
 * The append-only log of events, one per tenant.
 *
 * <h2>What it promises</h2>
 *
 * <ul>
 *   <li>An append is atomic: all of its events are recorded, over all of its streams, or none.
 *   <li>Events of a stream have versions 1, 2, 3 … and events of a tenant have positions 1, 2, 3 …, both without gaps.
 *       Positions follow the order of the commits, so whoever has read up to a position has missed nothing before it.
 *   <li>All events of an append share one {@code recordedAt}; it grows strictly from append to append of a tenant. So a
 *       question about a recorded moment never sees half an append.
 *   <li>An append is recognised by the ids of its events. Repeating one whose outcome is not known is always safe: it is
 *       answered with the first result and written once.
 *   <li>Nothing is ever changed or removed. There is no method for it.
 * </ul>
 *
 * <h2>Why it looks like this</h2>
 *
 * <p>Appends of one tenant go through one <em>lane</em>, a lock held from the moment positions are given out until the
 * transaction ends. That costs parallel appends inside one tenant and buys the plain reader: no gaps to wait for, no
 * events that turn up late, no difference after a restore. Stores that number events from a sequence need time-outs to
 * guess whether a missing number is late or dead, and lose events when they guess wrong.
 *
 * <p>There is no order across tenants. Who reads several keeps a checkpoint for each.
 *
 * <p>Expected outcomes of the business (a conflict, an unknown tenant) are exceptions here, because a caller that forgets
 * to look at a result must not go on; the storage underneath returns them as values, so that a transaction of the caller
 * stays usable after one.
 *
 * <p>Implementations are thread-safe. Every method blocks until it is done.
 */
public interface EventStore extends StreamReader {

    /**
     * Appends to one or several streams of a tenant, atomically. Positions follow the order of the list. A stream may stand
     * in it more than once; the expectation of a later entry then counts the events of the earlier ones.
     *
     * @param tenant the owner of the log
     * @param appends what to do to each stream; at least one event in all
     * @return where the events stand; {@link AppendResult#alreadyRecorded()} tells whether an earlier call recorded them
     * @throws ConcurrencyException if a stream is not as expected: load it again, decide again, append again
     * @throws EventIdMismatchException if ids of these events are in the log with other content, or only some of them are:
     *     an id was used twice
     * @throws TenantNotFoundException if the tenant does not exist and is not created by itself
     * @throws LaneBusyException if another transaction held the tenant's lane for too long; it names that transaction
     * @throws ClockSuspectException if the database's clock cannot be trusted; nothing was written
     * @throws RetryTransactionException if the caller's transaction cannot see the newest events: roll it back, run it again
     * @throws SecondTenantException if the caller's transaction holds the lane of another tenant
     * @throws OtherTenantException if the database session is bound to another tenant
     * @throws EventSerializationException if a payload's class is not registered or cannot be written as JSON
     * @throws SubjectErasedException if an event holds data about a person who was erased, and is not the repetition of one
     *     that was recorded before
     * @throws LimitExceededException if there are too many events or one is too large
     * @throws CommitOutcomeUnknownException if the connection broke while it was being recorded: repeat the same append
     * @throws StorageException if the database cannot be reached or fails; nothing was written
     * @throws IllegalArgumentException if there is no event, or the expectations of one stream contradict each other
     */
    AppendResult appendAll(TenantId tenant, List<StreamAppend> appends);

    /**
     * Appends to one stream of a tenant. As {@link #appendAll} with a list of one.
     *
     * @throws ConcurrencyException if the stream is not as expected; for all else see {@link #appendAll}
     */
    default AppendResult append(TenantId tenant, StreamAppend append) {
        return appendAll(tenant, List.of(append));
    }

    /**
     * Makes sure that the tenant exists. Does nothing if it does. It is committed at once, in a transaction of its own.
     *
     * @throws StorageException if the database cannot be reached or fails
     */
    void ensureTenant(TenantId tenant);
}
