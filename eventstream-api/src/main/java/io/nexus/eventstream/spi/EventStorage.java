package io.nexus.eventstream.spi;

import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Stores the bytes of events. It keeps the promises of {@link io.nexus.eventstream.EventStore}; types, limits and pages
 * are the business of the layer above.
 *
 * <p>Implementations are thread-safe.
 */
public interface EventStorage {

    /** Makes sure that the tenant exists, in a transaction of its own. */
    void ensureTenant(TenantId tenant);

    /**
     * Appends, or says why not. The order in which an append is judged:
     *
     * <ol>
     *   <li>ids: events that one earlier append recorded with the same content are answered with its result, whatever is
     *       expected now; any other overlap is a mismatch. Content is stream, type, schema version, payload bytes, and
     *       {@code occurredAt} if it is given here; metadata is none;
     *   <li>expectations, in their order;
     *   <li>the clock.
     * </ol>
     *
     * <p>Two appends of a tenant never overlap between the reading of the head and the end of their transactions.
     *
     * @throws io.nexus.eventstream.RetryTransactionException if the caller's transaction has an older view of the log
     * @throws io.nexus.eventstream.CommitOutcomeUnknownException never; throw {@link CommitInDoubtException} in its place
     * @throws CommitInDoubtException if the connection broke and the events may have been recorded
     * @throws io.nexus.eventstream.StorageException if the storage fails and nothing was recorded
     */
    AppendOutcome append(TenantId tenant, AppendCommand command);

    /**
     * Returns at most {@code limit} events of a query, in its order.
     *
     * @param query names types as they are stored, and holds no recorded moment; its page size is to be ignored
     */
    List<StoredEvent> read(TenantId tenant, EventQuery query, int limit);

    /** Returns the version of a stream's last event, {@link EventVersion#NONE} if it has none. */
    EventVersion version(TenantId tenant, StreamId stream);

    /** Returns the newest event's place, empty if the log has no events. */
    Optional<LogHead> head(TenantId tenant);

    /** Returns the event with this id. */
    Optional<StoredEvent> find(TenantId tenant, EventId id);

    /**
     * Returns the last position that was recorded at or before a moment, once no append can change the answer any more.
     *
     * @throws io.nexus.eventstream.NotFinalYetException if the answer could still change
     * @throws io.nexus.eventstream.LaneBusyException if an append that could change it did not end in time
     */
    Position positionAt(TenantId tenant, Instant recordedAt);
}
