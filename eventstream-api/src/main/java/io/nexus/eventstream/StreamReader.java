package io.nexus.eventstream;

import java.time.Instant;
import java.util.Optional;

/**
 * Reads events. A reader sees committed events only, and of every tenant's log a complete beginning: what it has read up
 * to a position never grows later.
 *
 * <p>Implementations are thread-safe. Every method blocks for at most a few round trips to the database and uses one
 * connection, which it gives back before it returns. A tenant that does not exist reads as one without events.
 */
public interface StreamReader {

    /**
     * Returns one page of events.
     *
     * @throws NotFinalYetException if the query asks for a recorded moment whose answer could still change
     * @throws LaneBusyException if the query asks for a moment after the newest event and a transaction that may add to the log
     *     did not end in time
     * @throws StorageException if the database cannot be reached or fails
     */
    EventPage read(TenantId tenant, EventQuery query);

    /**
     * Returns the version of a stream's last event, {@link EventVersion#NONE} if it has none.
     *
     * @throws StorageException if the database cannot be reached or fails
     */
    EventVersion version(TenantId tenant, StreamId stream);

    /**
     * Returns the newest event's place, empty if the log has no events.
     *
     * @throws StorageException if the database cannot be reached or fails
     */
    Optional<LogHead> head(TenantId tenant);

    /**
     * Returns the event with this id.
     *
     * @return the event, or the first of those that it is upcast to; empty if the tenant's log does not hold it
     * @throws StorageException if the database cannot be reached or fails
     */
    Optional<RecordedEvent> find(TenantId tenant, EventId id);

    /**
     * Returns the last position that was recorded at or before a moment. The answer is final: no append, committed before
     * or after, can change it. Ask once and use the position for every read that belongs together.
     *
     * <p>Up to the head's {@code recordedAt} this only reads. For a later moment it waits until transactions
     * that are adding to this log have ended, since they may carry an earlier time.
     *
     * @return the position, {@link Position#START} if nothing had been recorded by then
     * @throws IllegalArgumentException if the moment lies outside the years 1 to 9999
     * @throws NotFinalYetException if the moment lies after the database's clock, or the database is a standby that has not
     *     received anything later yet, or the caller's transaction has an older view of the log
     * @throws LaneBusyException if such a transaction did not end in time; the message names it
     * @throws StorageException if the database cannot be reached or fails
     */
    Position positionAt(TenantId tenant, Instant recordedAt);

    /**
     * Returns all events of a query, page by page as they are walked over, a thousand at a time unless the query has a page
     * size. Each {@code iterator()} reads anew. No connection is held between pages; events recorded in the meantime are
     * included. A recorded moment is resolved once.
     *
     * @return an iterable whose iterator throws what {@link #read} throws
     */
    default Iterable<RecordedEvent> walk(TenantId tenant, EventQuery query) {
        EventQuery sized = query.pageSize().isPresent() ? query : query.pageSize(PageWalk.PAGE_SIZE);
        return () -> new PageWalk(this, tenant, sized);
    }

    /**
     * Returns whether what is read here hides something that is stored, such as personal data from who may not see them. States are then
     * to be folded from what is read, and not taken from snapshots, which hide nothing. By default it does not.
     */
    default boolean masks() {
        return false;
    }
}
