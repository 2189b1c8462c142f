package io.nexus.eventstream.core.access;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AppendedEvent;
import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.AccessDeniedException;
import io.nexus.eventstream.access.Operation;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.projection.Subscription;
import io.nexus.eventstream.snapshot.SnapshotRepository;
import io.nexus.eventstream.spi.ForwardingEventStore;
import io.nexus.eventstream.spi.ProjectingEventStore;
import io.nexus.eventstream.spi.ProjectionStorage;
import io.nexus.eventstream.spi.ProofStorage;
import io.nexus.eventstream.spi.ProvingEventStore;
import io.nexus.eventstream.spi.SnapshottingEventStore;
import io.nexus.eventstream.spi.StatisticsStorage;
import io.nexus.eventstream.statistics.StreamStatistics;
import io.nexus.eventstream.statistics.TenantStatistics;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A store that asks before each call, tells of it, and withholds payloads.
 *
 * <p>What a call needs: an append, the right to append to each category that it writes, and to read each that it only expects something
 * of. A read of one stream or of named categories, the right to read these; of the whole log, to read every category. {@link
 * #head} and {@link #positionAt} speak of the whole log. {@link #find} needs the right for the category of what it finds; who may
 * not read every category is refused alike whether there is no such event or one that he may not see.
 */
final class GuardedEventStore extends ForwardingEventStore
        implements ProjectingEventStore, SnapshottingEventStore, ProvingEventStore {

    private final AccessGuard guard;
    private final EventStore delegate;

    GuardedEventStore(AccessGuard guard, EventStore delegate) {
        this.guard = guard;
        this.delegate = delegate;
    }

    boolean isBy(AccessGuard other) {
        return guard == other;
    }

    /** Returns the store behind, for what works as the system. */
    EventStore unguarded() {
        return administered("unguarded", () -> delegate);
    }

    /** What is refused and withheld here, snapshots before this store would show. */
    @Override
    public boolean masks() {
        return true;
    }

    @Override
    protected EventStore delegate() {
        return delegate;
    }

    @Override
    public AppendResult appendAll(TenantId tenant, List<StreamAppend> appends) {
        Set<String> written = new TreeSet<>();
        Set<String> expected = new TreeSet<>();
        appends.forEach(append -> (append.events().isEmpty() ? expected : written).add(category(append)));
        expected.removeAll(written);
        GuardedCall call = guard.guarded(tenant, Operation.APPEND, "appendAll")
                .about(appends.stream().map(StreamAppend::stream).distinct().toList());
        if (!expected.isEmpty()) {
            call.needing(Operation.READ, expected);
        }
        if (!written.isEmpty() || expected.isEmpty()) {
            call.needing(Operation.APPEND, written);
        }
        appends.stream()
                .flatMap(append -> append.events().stream())
                .findFirst()
                .ifPresent(event -> call.about(event.id()));
        try {
            return call.run(() -> delegate.appendAll(tenant, appends), GuardedEventStore::appended);
        } catch (ConcurrencyException e) {
            throw guarded(e);
        }
    }

    /** Returns the same conflict, whose events are read as anything else is. */
    private ConcurrencyException guarded(ConcurrencyException conflict) {
        ConcurrencyException guarded = new ConcurrencyException(
                conflict.tenant(), conflict.stream(), conflict.expected(), conflict.actual(), () -> {
                    GuardedCall call = guard.guarded(conflict.tenant(), Operation.READ, "eventsInBetween")
                            .on(conflict.stream());
                    return call.run(() -> Shown.to(call, conflict.eventsInBetween()), Shown::effect)
                            .events();
                });
        guarded.setStackTrace(conflict.getStackTrace());
        return guarded;
    }

    private static GuardedCall.Effect appended(AppendResult result) {
        return result.events().isEmpty()
                ? GuardedCall.Effect.none(Operation.APPEND)
                : new GuardedCall.Effect(
                        Operation.APPEND,
                        result.events().size(),
                        result.events().stream()
                                .map(AppendedEvent::position)
                                .min(Comparable::compareTo)
                                .orElseThrow(),
                        result.position());
    }

    @Override
    public void ensureTenant(TenantId tenant) {
        guard.guarded(tenant, Operation.ADMINISTER, "ensureTenant")
                .onEverything()
                .run(() -> delegate.ensureTenant(tenant));
    }

    @Override
    public EventPage read(TenantId tenant, EventQuery query) {
        GuardedCall call = reading(tenant, query, "read");
        return call.run(
                        () -> {
                            EventPage page = delegate.read(tenant, query);
                            return new ShownPage(Shown.to(call, page.events()), page.next());
                        },
                        page -> page.shown().effect())
                .page();
    }

    private record ShownPage(Shown shown, Optional<EventQuery> next) {

        EventPage page() {
            return new EventPage(shown.events(), next);
        }
    }

    /** Asks at once, and again with each page, each of which is recorded. */
    @Override
    public Iterable<RecordedEvent> walk(TenantId tenant, EventQuery query) {
        reading(tenant, query, "walk").check();
        return super.walk(tenant, query);
    }

    private GuardedCall reading(TenantId tenant, EventQuery query, String name) {
        GuardedCall call = guard.guarded(tenant, Operation.READ, name);
        return query.stream().isPresent()
                ? call.on(query.stream().get())
                : call.needing(Operation.READ, query.categories());
    }

    @Override
    public EventVersion version(TenantId tenant, StreamId stream) {
        return guard.guarded(tenant, Operation.READ, "version").on(stream).run(() -> delegate.version(tenant, stream));
    }

    @Override
    public Optional<LogHead> head(TenantId tenant) {
        GuardedCall call = guard.guarded(tenant, Operation.READ, "head").onEverything();
        return call.run(() -> {
            Optional<LogHead> head = delegate.head(tenant);
            // The hash covers what events say, which could be guessed by trying.
            return call.allows(Operation.READ_PAYLOAD, Set.of())
                    ? head
                    : head.map(place -> new LogHead(place.position(), place.recordedAt(), EventHash.NONE));
        });
    }

    @Override
    public Position positionAt(TenantId tenant, Instant recordedAt) {
        return guard.guarded(tenant, Operation.READ, "positionAt")
                .onEverything()
                .run(() -> delegate.positionAt(tenant, recordedAt));
    }

    @Override
    public Optional<RecordedEvent> find(TenantId tenant, EventId id) {
        GuardedCall call = guard.guarded(tenant, Operation.READ, "find").about(id);
        Set<String> every = Set.of();
        Optional<AccessDeniedException> refusal = call.refusal(Operation.READ, every);
        if (refusal.isEmpty()) {
            call.onEverything();
        } else {
            // What is not there and what may not be seen must not be told apart.
            Optional<StreamId> stream = delegate.find(tenant, id).map(RecordedEvent::stream);
            boolean seen = stream.isPresent()
                    && call.allows(Operation.READ, Set.of(stream.get().category()));
            if (seen) {
                call.on(stream.get());
            } else {
                call.onEverything();
            }
        }
        return call
                .run(() -> Shown.to(call, delegate.find(tenant, id).stream().toList()), Shown::effect)
                .events()
                .stream()
                .findFirst();
    }

    @Override
    public ProjectionStorage projections() {
        return administered("projections", () -> projecting().projections());
    }

    @Override
    public List<Projector> inlineProjectors() {
        return administered("inlineProjectors", () -> projecting().inlineProjectors());
    }

    @Override
    public Subscription onAppend(Consumer<TenantId> listener) {
        return administered("onAppend", () -> projecting().onAppend(listener));
    }

    @Override
    public SnapshotRepository snapshots() {
        return guard.repository(snapshotting().snapshots());
    }

    @Override
    public StatisticsStorage statistics() {
        StatisticsStorage statistics = snapshotting().statistics();
        return new StatisticsStorage() {
            @Override
            public TenantStatistics tenant(TenantId tenant) {
                return guard.guarded(tenant, Operation.READ, "statistics.tenant")
                        .onEverything()
                        .run(() -> statistics.tenant(tenant));
            }

            @Override
            public StreamStatistics stream(TenantId tenant, StreamId stream) {
                return guard.guarded(tenant, Operation.READ, "statistics.stream")
                        .on(stream)
                        .run(() -> statistics.stream(tenant, stream));
            }
        };
    }

    @Override
    public ProofStorage proofs() {
        if (delegate instanceof ProvingEventStore proving) {
            return new GuardedProofs(guard, proving.proofs());
        }
        throw new IllegalStateException(
                "%s proves nothing".formatted(delegate.getClass().getName()));
    }

    private <T> T administered(String name, Supplier<T> work) {
        return guard.guarded(Optional.empty(), Operation.ADMINISTER, name)
                .onEverything()
                .run(work);
    }

    private ProjectingEventStore projecting() {
        if (delegate instanceof ProjectingEventStore projecting) {
            return projecting;
        }
        throw new IllegalStateException(
                "%s keeps no projections".formatted(delegate.getClass().getName()));
    }

    private SnapshottingEventStore snapshotting() {
        if (delegate instanceof SnapshottingEventStore snapshotting) {
            return snapshotting;
        }
        throw new IllegalStateException("%s does not count its events and keeps no snapshots"
                .formatted(delegate.getClass().getName()));
    }

    private static String category(StreamAppend append) {
        return append.stream().category();
    }
}
