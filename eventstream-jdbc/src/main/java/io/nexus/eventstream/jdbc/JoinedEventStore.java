package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.projection.InlineProjections;
import io.nexus.eventstream.snapshot.SnapshotRepository;
import io.nexus.eventstream.spi.EventSerializer;
import io.nexus.eventstream.spi.ForwardingEventStore;
import io.nexus.eventstream.spi.ProjectionTransaction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A store that works in a transaction of the caller; made by {@link PostgresEventStore#joining}.
 *
 * <p>It sees what the transaction has appended itself. A conflict, a mismatch of ids, an unknown tenant and a busy lane leave
 * the transaction usable. {@code ensureTenant} is refused with {@link IllegalStateException}. A question about a moment
 * after the newest event takes the tenant's lane and keeps it until the transaction ends.
 *
 * <p>Inline projectors of the store run after each append, in the caller's transaction, which holds the tenant's lane by
 * then. So their rows are never the reason for a deadlock; rows of the host that other appending transactions write too
 * may be, unless {@link #lockLanes} comes first.
 */
public final class JoinedEventStore extends ForwardingEventStore {

    private static final int MOST_LANES = 1_000;

    private final PostgresEventStorage storage;
    private final EventStore delegate;
    private final EventSerializer serializer;
    private final InlineProjections inline;
    private final Function<TenantId, ProjectionTransaction> transactions;

    JoinedEventStore(
            PostgresEventStorage storage,
            EventStore delegate,
            EventSerializer serializer,
            InlineProjections inline,
            Function<TenantId, ProjectionTransaction> transactions) {
        this.storage = storage;
        this.delegate = delegate;
        this.serializer = serializer;
        this.inline = inline;
        this.transactions = transactions;
    }

    /**
     * Appends and then runs the inline projectors, all in the caller's transaction. If a projector fails, the events are
     * appended in that transaction and the read model lacks them: roll it back.
     *
     * @throws io.nexus.eventstream.projection.ProjectionException if an inline projector failed
     */
    @Override
    public AppendResult appendAll(TenantId tenant, List<StreamAppend> appends) {
        AppendResult result = delegate.appendAll(tenant, appends);
        if (!inline.isEmpty()) {
            storage.during(tenant, () -> inline.afterAppend(transactions.apply(tenant), delegate, result));
        }
        return result;
    }

    /**
     * Takes the lanes of these tenants for the rest of the transaction, in an order that is the same for everybody. Call it
     * before the first append where the transaction writes rows that other appending transactions write too, or appends
     * for several tenants.
     *
     * @throws io.nexus.eventstream.LaneBusyException if another transaction held one for too long; the transaction stays
     *     usable, lanes taken so far are kept
     * @throws io.nexus.eventstream.TenantNotFoundException if a tenant does not exist
     * @throws io.nexus.eventstream.SecondTenantException if the transaction holds lanes already and these are not among
     *     them
     * @throws io.nexus.eventstream.StorageException if the database cannot be reached or fails
     * @throws IllegalArgumentException if there are more than 1,000
     */
    public void lockLanes(TenantId first, TenantId... others) {
        if (others.length >= MOST_LANES) {
            throw new IllegalArgumentException(
                    "a transaction takes at most %d lanes at once, not %d".formatted(MOST_LANES, others.length + 1));
        }
        List<TenantId> tenants = new ArrayList<>(List.of(others));
        tenants.add(0, first);
        storage.lockLanes(tenants);
    }

    @Override
    public SnapshotRepository protecting(SnapshotRepository snapshots) {
        return serializer.protecting(snapshots);
    }

    @Override
    protected EventStore delegate() {
        return delegate;
    }
}
