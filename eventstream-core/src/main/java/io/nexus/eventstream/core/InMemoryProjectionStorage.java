package io.nexus.eventstream.core;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.LaneHolder;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.projection.ParkedEvent;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.projection.SlotRole;
import io.nexus.eventstream.spi.DueProjection;
import io.nexus.eventstream.spi.ProjectionKey;
import io.nexus.eventstream.spi.ProjectionStorage;
import io.nexus.eventstream.spi.StoredProjection;
import io.nexus.eventstream.spi.TenantHead;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Stream;

/** Keeps projections on the heap, beside the logs of {@link InMemoryEventStorage}. One lock a tenant is all its row locks. */
final class InMemoryProjectionStorage implements ProjectionStorage {

    private final InMemoryEventStorage events;
    private final Map<TenantId, InMemoryProjections> tenants = new ConcurrentHashMap<>();
    private final Map<String, ReentrantLock> preparations = new ConcurrentHashMap<>();

    InMemoryProjectionStorage(InMemoryEventStorage events) {
        this.events = events;
    }

    @Override
    public <T> T transaction(TenantId tenant, Work<T> work) {
        return run(begin(tenant), work, true);
    }

    @Override
    public <T> T rolledBack(TenantId tenant, Work<T> work) {
        return run(begin(tenant), work, false);
    }

    private static <T> T run(InMemoryTransaction transaction, Work<T> work, boolean commit) {
        try {
            T result = work.in(transaction);
            if (commit) {
                transaction.commit();
            }
            return result;
        } finally {
            transaction.end();
        }
    }

    private InMemoryTransaction begin(TenantId tenant) {
        InMemoryProjections projections = of(tenant);
        if (projections.lock.isHeldByCurrentThread() || projections.log.isLaneMine()) {
            throw new IllegalStateException(
                    "this thread is in a transaction of tenant %s already: a projector does not append, nor begin another"
                            .formatted(tenant));
        }
        return new InMemoryTransaction(
                tenant,
                projections,
                this::now,
                projection -> preparations.computeIfAbsent(projection, key -> new ReentrantLock()));
    }

    @Override
    public List<DueProjection> due(
            Collection<Projector> projectors, String owner, Optional<TenantId> tenant, int limit) {
        Set<TenantId> asked = tenant.map(Set::of).orElseGet(events::tenants);
        Instant now = now();
        return asked.stream()
                .flatMap(each -> projectors.stream().flatMap(projector -> due(each, projector, owner, now)))
                .sorted(Comparator.comparing(this::waitingSince))
                .limit(limit)
                .toList();
    }

    private Stream<DueProjection> due(TenantId tenant, Projector projector, String owner, Instant now) {
        Position head = head(tenant);
        List<StoredProjection> builds = find(tenant, projector.name());
        Stream<DueProjection> running = builds.stream()
                .filter(build -> build.version() == projector.version())
                .filter(build -> hasWork(build, head) && ProjectionRows.isFree(build, owner, now))
                .map(build -> new DueProjection(tenant, projector.name(), Optional.of(build), head));
        return lacksBuild(builds, projector.version(), head)
                ? Stream.concat(Stream.of(new DueProjection(tenant, projector.name(), Optional.empty(), head)), running)
                : running;
    }

    private static boolean hasWork(StoredProjection build, Position head) {
        boolean behind =
                build.role() == SlotRole.LIVE && !build.checkpoint().position().equals(head);
        return build.state() == ProjectionState.RUNNING && (behind || build.role() == SlotRole.BUILDING);
    }

    private static boolean lacksBuild(List<StoredProjection> builds, int version, Position head) {
        Optional<StoredProjection> live =
                builds.stream().filter(build -> build.role() == SlotRole.LIVE).findFirst();
        if (live.isEmpty()) {
            return !head.equals(Position.START);
        }
        return live.get().version() < version && builds.stream().noneMatch(build -> build.role() == SlotRole.BUILDING);
    }

    /** Returns when the first event that it has not handled was recorded, long ago if there is none. */
    private Instant waitingSince(DueProjection due) {
        Position checkpoint =
                due.stored().map(build -> build.checkpoint().position()).orElse(Position.START);
        return recordedAfter(due.tenant(), checkpoint).orElse(Instant.MIN);
    }

    @Override
    public List<TenantHead> heads() {
        return events.tenants().stream()
                .map(tenant -> new TenantHead(tenant, head(tenant)))
                .filter(head -> !head.head().equals(Position.START))
                .toList();
    }

    @Override
    public Optional<StoredProjection> acquire(ProjectionKey key, String owner, Duration lease) {
        return changed(key.tenant(), rows -> rows.acquire(key, owner, lease, now()));
    }

    @Override
    public void release(ProjectionKey key, long leaseToken) {
        changed(key.tenant(), rows -> rows.release(key, leaseToken));
    }

    private <T> T changed(TenantId tenant, Function<ProjectionRows, T> change) {
        InMemoryTransaction transaction = begin(tenant);
        return run(transaction, in -> change.apply(transaction.rows()), true);
    }

    @Override
    public List<StoredProjection> find(TenantId tenant, String projection) {
        return of(tenant).read(rows -> rows.find(projection));
    }

    @Override
    public List<String> names(TenantId tenant) {
        return of(tenant).read(ProjectionRows::names);
    }

    @Override
    public List<ParkedEvent> parked(ProjectionKey key, int limit) {
        return of(key.tenant())
                .read(rows -> rows.parkedEvents(key, event -> true).limit(limit).toList());
    }

    @Override
    public Optional<EventHash> hashAt(TenantId tenant, Position position) {
        return events.log(tenant).at(position).map(StoredEvent::hash);
    }

    @Override
    public Optional<Instant> recordedAfter(TenantId tenant, Position position) {
        return events.log(tenant).at(position.next()).map(StoredEvent::recordedAt);
    }

    @Override
    public Instant now() {
        return events.clock().instant().truncatedTo(ChronoUnit.MICROS);
    }

    /** Returns nobody: locks on the heap do not say who holds them. */
    @Override
    public List<LaneHolder> blockers(ProjectionKey key) {
        return List.of();
    }

    /** Returns a copy of the committed tables. */
    Map<String, Map<Object, Object>> tables(TenantId tenant) {
        return of(tenant).tables();
    }

    private Position head(TenantId tenant) {
        return events.head(tenant).map(head -> head.position()).orElse(Position.START);
    }

    private InMemoryProjections of(TenantId tenant) {
        return tenants.computeIfAbsent(tenant, key -> new InMemoryProjections(events.log(key)));
    }
}
