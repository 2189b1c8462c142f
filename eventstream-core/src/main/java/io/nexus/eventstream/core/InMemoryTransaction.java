package io.nexus.eventstream.core;

import io.nexus.eventstream.Position;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.projection.ParkedEvent;
import io.nexus.eventstream.projection.ReadModelDifference;
import io.nexus.eventstream.spi.Checkpoint;
import io.nexus.eventstream.spi.ProjectionKey;
import io.nexus.eventstream.spi.ProjectionTransaction;
import io.nexus.eventstream.spi.StoredProjection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A transaction on a tenant's projections. It takes their lock when it first looks at them and not before, so that one
 * that begins with the lane takes both in the order in which an append does.
 */
final class InMemoryTransaction implements ProjectionTransaction {

    /** How long to wait for the lane in the wrong order, which may be a deadlock. */
    private static final Duration LANE_TIMEOUT = Duration.ofSeconds(2);

    private final TenantId tenant;
    private final InMemoryProjections projections;
    private final Supplier<Instant> clock;
    private final Function<String, ReentrantLock> preparations;

    private final List<ReentrantLock> preparing = new ArrayList<>();
    private @Nullable Staged staged;
    private boolean ended;

    InMemoryTransaction(
            TenantId tenant,
            InMemoryProjections projections,
            Supplier<Instant> clock,
            Function<String, ReentrantLock> preparations) {
        this.tenant = tenant;
        this.projections = projections;
        this.clock = clock;
        this.preparations = preparations;
    }

    @Override
    public TenantId tenant() {
        return tenant;
    }

    @Override
    public <T> T resource(Class<T> type) {
        if (type != InMemoryTables.class) {
            throw new IllegalArgumentException(
                    "the in-memory store has no %s for projectors: ask for %s, or run this projector on the store that it is written for"
                            .formatted(type.getName(), InMemoryTables.class.getSimpleName()));
        }
        return type.cast(staged().tables);
    }

    @Override
    public void lockLane() {
        requireOpen();
        InMemoryLog log = projections.log;
        if (log.isLaneMine()) {
            return;
        }
        if (staged == null) {
            log.lockLane();
        } else if (!log.lockLane(LANE_TIMEOUT)) {
            throw new StorageException(
                    "the lane of tenant %s was not free within %s: a transaction takes it before it looks at a projection"
                            .formatted(tenant, LANE_TIMEOUT),
                    null);
        }
    }

    @Override
    public void lockPreparation(String projection) {
        requireOpen();
        ReentrantLock preparation = preparations.apply(projection);
        preparation.lock();
        preparing.add(preparation);
    }

    @Override
    public List<StoredProjection> lock(String projection) {
        return staged().rows.find(projection);
    }

    @Override
    public OptionalLong advance(StoredProjection held, Checkpoint to, long handled, Duration lease) {
        return staged().rows.advance(held, to, handled, lease, now());
    }

    @Override
    public void save(StoredProjection projection) {
        requireOwn(projection.key());
        staged().rows.save(projection);
    }

    @Override
    public void delete(ProjectionKey key) {
        requireOwn(key);
        staged().rows.delete(key);
    }

    @Override
    public Set<StreamId> parkedStreams(ProjectionKey key, Collection<StreamId> streams) {
        return staged().rows.parkedStreams(key, streams);
    }

    @Override
    public void park(ProjectionKey key, List<ParkedEvent> events) {
        requireOwn(key);
        staged().rows.park(key, events);
    }

    @Override
    public List<ParkedEvent> parked(ProjectionKey key, StreamId stream, int limit) {
        return staged().rows
                .parkedEvents(key, event -> event.stream().equals(stream))
                .limit(limit)
                .toList();
    }

    @Override
    public void unpark(ProjectionKey key, Position position) {
        requireOwn(key);
        staged().rows.unpark(key, position);
    }

    @Override
    public List<ReadModelDifference> compare(Set<String> tables, String liveSlot, String otherSlot, int limit) {
        return staged().tables.compare(tables, liveSlot, otherSlot, limit);
    }

    @Override
    public Instant now() {
        return clock.get();
    }

    /** Returns the rows, to be changed by the storage in this transaction. */
    ProjectionRows rows() {
        return staged().rows;
    }

    /** Makes everything visible at one moment, what was appended under the lane included. */
    void commit() {
        Staged changed = staged;
        projections.log.commit(() -> {
            if (changed != null) {
                projections.replace(changed.rows, changed.tables);
            }
        });
    }

    /** Lets all locks go; what was not committed is gone. */
    void end() {
        ended = true;
        preparing.forEach(ReentrantLock::unlock);
        if (staged != null) {
            staged.tables.end();
            projections.lock.unlock();
        }
        if (projections.log.isLaneMine()) {
            projections.log.leaveLane();
        }
    }

    private Staged staged() {
        requireOpen();
        if (staged == null) {
            projections.lock.lock();
            staged = new Staged(projections.stagedRows(), projections.stagedTables());
        }
        return staged;
    }

    private void requireOpen() {
        if (ended) {
            throw new IllegalStateException("the transaction of tenant %s has ended".formatted(tenant));
        }
    }

    private void requireOwn(ProjectionKey key) {
        if (!key.tenant().equals(tenant)) {
            throw new IllegalArgumentException(
                    "a projection of tenant %s in a transaction of tenant %s".formatted(key.tenant(), tenant));
        }
    }

    /** What the transaction has changed. */
    private record Staged(ProjectionRows rows, StagedTables tables) {}
}
