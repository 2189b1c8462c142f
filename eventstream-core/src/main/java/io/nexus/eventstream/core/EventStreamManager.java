package io.nexus.eventstream.core;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.Fold;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.NamedFold;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.StreamNotFoundException;
import io.nexus.eventstream.TenantContext;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.Operation;
import io.nexus.eventstream.core.access.AccessGuard;
import io.nexus.eventstream.projection.ProjectionStatus;
import io.nexus.eventstream.projection.Projections;
import io.nexus.eventstream.spi.SnapshottingEventStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The front door: append, read, and ask for any state at any moment, for the tenant of the present call.
 *
 * <pre>{@code
 * EventStreamManager ledger = EventStreamManager.builder()
 *         .store(PostgresEventStore.create(dataSource, EventTypes.of(AccountEvent.class)))
 *         .tenant(TenantId.of("acme"))
 *         .build();
 *
 * StreamId cash = StreamId.of("account", "1000");
 * ledger.append(cash, ExpectedVersion.noStream(), new AccountDebited("JE-1", new BigDecimal("5000.00"), "MYR"));
 *
 * Balance today = ledger.state(cash, Balance.fold());
 * Balance yearEnd = ledger.stateAt(cash, AsOf.occurred(endOf2025).andRecorded(auditDay), Balance.fold());
 * }</pre>
 *
 * <p>It adds nothing to the guarantees of the {@link EventStore} that it stands before, and opens, commits and closes
 * nothing of its own. Thread-safe. Every method blocks, and throws what the method of the same name of {@link EventStore}
 * and {@link io.nexus.eventstream.StreamReader} throws.
 */
public final class EventStreamManager {

    /** What calls go through: the plain store, or the guarded one. */
    private final EventStore store;

    private final EventStore plain;
    private final TenantContext tenants;
    private final Supplier<EventMetadata> metadata;
    private final @Nullable AccessGuard guard;
    private final @Nullable Projections projections;
    private final @Nullable Snapshots snapshots;

    EventStreamManager(
            EventStore plain,
            TenantContext tenants,
            Supplier<EventMetadata> metadata,
            @Nullable AccessGuard guard,
            @Nullable Projections projections,
            @Nullable Snapshots snapshots) {
        this.store = guard == null ? plain : guard.store(plain);
        this.plain = plain;
        this.tenants = tenants;
        this.metadata = metadata;
        this.guard = guard;
        this.projections = projections;
        this.snapshots = snapshots;
    }

    /** Returns a builder for a manager before a store that the host has made; give it with {@link EventStreamManagerBuilder#store}. */
    public static EventStreamManagerBuilder builder() {
        return new EventStreamManagerBuilder(null);
    }

    /** Returns a builder for a manager whose store a configuration chooses and sets up. */
    public static EventStreamManagerBuilder builder(EventStreamConfig config) {
        return new EventStreamManagerBuilder(Objects.requireNonNull(config, "config"));
    }

    /** Returns the store behind this manager, guarded if the manager is. */
    public EventStore store() {
        return store;
    }

    /**
     * Returns a manager for the same tenants before another store: one that works in a transaction of the caller, or a
     * decorated one; guarded if this one is. It folds states from events, since a snapshot of what is not committed would be one of what may never
     * have happened.
     */
    public EventStreamManager with(EventStore otherStore) {
        return new EventStreamManager(
                Objects.requireNonNull(otherStore, "store"), tenants, metadata, guard, projections, null);
    }

    /**
     * Returns a manager of the same store that loads states of {@link io.nexus.eventstream.NamedFold named folds} from
     * snapshots where these may stand in for events, and has snapshots made as they are declared.
     *
     * @throws IllegalStateException if the store {@linkplain EventStore#masks() masks}: a state from a snapshot would show what it hides
     */
    public EventStreamManager withSnapshots(Snapshots manager) {
        if (plain.masks()) {
            throw new IllegalStateException(
                    "the store hides something from some of its readers and snapshots hide nothing: leave snapshots out here, states are folded from what is read");
        }
        return new EventStreamManager(
                plain, tenants, metadata, guard, projections, Objects.requireNonNull(manager, "snapshots"));
    }

    /**
     * Returns the snapshot manager given by {@link #withSnapshots}, guarded if this one is.
     *
     * @throws IllegalStateException if there is none
     */
    public Snapshots snapshots() {
        if (snapshots == null) {
            throw new IllegalStateException(
                    "this manager has no snapshot manager: give it one by withSnapshots(snapshots)");
        }
        return guard == null ? snapshots : guard.snapshots(snapshots);
    }

    /** Returns a manager of the same store that also answers for the projections of an engine. */
    public EventStreamManager withProjections(Projections engine) {
        return new EventStreamManager(
                plain, tenants, metadata, guard, Objects.requireNonNull(engine, "engine"), snapshots);
    }

    /**
     * Returns the engine given by {@link #withProjections}, guarded if this one is.
     *
     * @throws IllegalStateException if there is none
     */
    public Projections projections() {
        if (projections == null) {
            throw new IllegalStateException(
                    "this manager has no projection engine: give it one by withProjections(engine)");
        }
        return guard == null ? projections : guard.projections(projections);
    }

    /** Returns the guard that calls go through, if there is one. */
    public Optional<AccessGuard> guard() {
        return Optional.ofNullable(guard);
    }

    /**
     * Builds a read model of the tenant anew, beside the live one, which serves until the new one takes its place. Returns at
     * once.
     */
    public void rebuildProjection(String projection) {
        projections().rebuild(tenant(), projection);
    }

    /** Returns how a projection of the tenant stands, each build of it, the live one first. */
    public List<ProjectionStatus> projectionStatus(String projection) {
        return projections().status(tenant(), projection);
    }

    /** Returns how all projections of the tenant stand. */
    public List<ProjectionStatus> projectionStatus() {
        return projections().status(tenant());
    }

    /**
     * Waits until a read model contains what an append recorded.
     *
     * @throws io.nexus.eventstream.projection.ProjectionTimeoutException if it has not come so far in time
     * @throws io.nexus.eventstream.projection.ProjectionException if the projection has failed before
     */
    public void awaitProjection(AppendResult result, String projection, Duration timeout) {
        projections().awaitProjection(tenant(), result, projection, timeout);
    }

    /** Returns the tenant that a call made now is about. */
    public TenantId tenant() {
        return tenants.current();
    }

    /**
     * Appends events to a stream. Each is the user's own record, or a {@link NewEvent} where it needs an id, a business time
     * or metadata of its own.
     *
     * <p>The ids of plain records are made here, so this call cannot be repeated with the same ids; use {@link NewEvent}
     * for appends that may be retried across a crash of this process.
     *
     * @throws io.nexus.eventstream.ConcurrencyException if the stream is not as expected
     * @throws IllegalArgumentException if there is no event
     */
    public AppendResult append(StreamId stream, ExpectedVersion expected, Object... events) {
        List<NewEvent> newEvents = Arrays.stream(events)
                .map(event -> event instanceof NewEvent newEvent ? newEvent : NewEvent.of(event))
                .toList();
        return appendAll(List.of(new StreamAppend(stream, expected, newEvents)));
    }

    /**
     * Appends to several streams atomically.
     *
     * @throws io.nexus.eventstream.ConcurrencyException if a stream is not as expected
     * @throws IllegalArgumentException if there is no event
     */
    public AppendResult appendAll(List<StreamAppend> appends) {
        EventMetadata context = metadata.get();
        TenantId tenant = tenant();
        AppendResult result = store.appendAll(
                tenant,
                context.entries().isEmpty()
                        ? appends
                        : appends.stream()
                                .map(append -> inContext(append, context))
                                .toList());
        if (snapshots != null) {
            snapshots.appended(tenant, result);
        }
        return result;
    }

    /** Executes a command with {@link CommandOptions#defaults()}; see the method with options. */
    public <S> Optional<AppendResult> execute(
            StreamId stream, Fold<S> fold, Function<? super S, ? extends List<?>> decide) {
        return execute(stream, fold, decide, CommandOptions.defaults());
    }

    /**
     * Loads the state of a stream, has the caller decide on it, and appends what was decided, expecting that nobody has appended
     * since. If somebody has, all of it is done again after a pause, as often as the options say.
     *
     * <p>With a {@linkplain CommandOptions#withCommandId command id} a command can be executed again at any time: if it has
     * recorded events before, these are the answer, {@link AppendResult#alreadyRecorded()}, whatever is decided now. Each event then
     * has an id derived from stream and command, and the command id as its causation id unless it names another. A command that decided nothing leaves no trace, and is decided again.
     *
     * @param decide from the state to the events, each the user's own record or a {@link NewEvent}; called once for each attempt, so
     *     without effects of its own. What it throws is thrown, unless the command was executed before
     * @return what was recorded; empty if nothing was decided
     * @throws io.nexus.eventstream.ConcurrencyException if somebody was faster at every attempt
     * @throws io.nexus.eventstream.CommitOutcomeUnknownException if the connection broke at every attempt to learn the outcome;
     *     execute the command again if it has an id
     */
    public <S> Optional<AppendResult> execute(
            StreamId stream, Fold<S> fold, Function<? super S, ? extends List<?>> decide, CommandOptions options) {
        return new CommandRun<>(this, stream, fold, decide, options).run();
    }

    /** Returns one page of events. */
    public EventPage read(EventQuery query) {
        return store.read(tenant(), query);
    }

    /** Returns all events of a query, read page by page while they are walked over. */
    public Iterable<RecordedEvent> walk(EventQuery query) {
        return store.walk(tenant(), query);
    }

    /** Returns the event with this id. */
    public Optional<RecordedEvent> find(EventId id) {
        return store.find(tenant(), id);
    }

    /** Returns the event with this id if it is one of the stream, for which alone it needs a right. */
    Optional<RecordedEvent> find(StreamId stream, EventId id) {
        TenantId tenant = tenant();
        return guarded(
                tenant,
                Operation.READ_PAYLOAD,
                "find",
                () -> plain.find(tenant, id).filter(event -> event.stream().equals(stream)),
                stream.category());
    }

    /** Returns the version of a stream's last event, {@link EventVersion#NONE} if it has none. */
    public EventVersion version(StreamId stream) {
        return store.version(tenant(), stream);
    }

    /** Returns the newest event's place, empty if the log has no events. */
    public Optional<LogHead> head() {
        return store.head(tenant());
    }

    /** Returns the last position recorded at or before a moment, for several reads that belong together. */
    public Position positionAt(Instant recordedAt) {
        return store.positionAt(tenant(), recordedAt);
    }

    /** Returns the present state of a stream; the fold's initial state if it has no events. */
    public <S> S state(StreamId stream, Fold<S> fold) {
        return load(stream, fold).state();
    }

    /** Returns the present state of a stream and the version to expect when appending what was decided on it. */
    public <S> LoadedState<S> load(StreamId stream, Fold<S> fold) {
        return loaded(stream, AsOf.now(), fold);
    }

    /**
     * Returns the state of a stream as of a moment, on one clock or on both, or as of a version.
     *
     * @throws StreamNotFoundException if a version is asked for that the stream does not have
     * @throws io.nexus.eventstream.NotFinalYetException if a recorded moment is asked for whose answer could still change
     */
    public <S> S stateAt(StreamId stream, AsOf asOf, Fold<S> fold) {
        LoadedState<S> loaded = loaded(stream, asOf, fold);
        if (asOf.version().isPresent()
                && !loaded.version().equals(asOf.version().get())) {
            throw new StreamNotFoundException(tenant(), stream, asOf.version().get(), loaded.version());
        }
        return loaded.state();
    }

    /**
     * Returns the states of all streams of a category as of a moment, in one pass over the tenant's log: a trial balance of
     * all accounts. Streams without an event by then are left out. For a recorded moment all states belong to one moment of the log; for any
     * other, events that are recorded during the pass may be in it.
     *
     * @param category the streams' category
     * @return the states by stream, in the order of the streams' first events
     * @throws IllegalStateException if a version is asked for
     * @throws io.nexus.eventstream.NotFinalYetException if a recorded moment is asked for whose answer could still change
     */
    public <S> Map<StreamId, S> statesAt(String category, AsOf asOf, Fold<S> fold) {
        requirePayloads("statesAt", category);
        Map<StreamId, S> states = new LinkedHashMap<>();
        for (RecordedEvent event : walk(EventQuery.log().ofCategories(category).asOf(asOf))) {
            S before = states.get(event.stream());
            states.put(event.stream(), fold.evolve(before == null ? fold.initialState() : before, event));
        }
        return states;
    }

    /**
     * Returns how a stream stands. Costs a few index probes, and counting what was recorded since it was last counted.
     *
     * @throws IllegalStateException if the store does not count
     */
    public StreamHealth streamHealth(StreamId stream) {
        TenantId tenant = tenant();
        SnapshottingEventStore counting = countingStore();
        return guarded(
                tenant,
                Operation.READ,
                "streamHealth",
                () -> new StreamHealth(
                        counting.statistics().stream(tenant, stream),
                        (snapshots == null ? counting.snapshots() : snapshots.repository()).list(tenant, stream),
                        statuses(tenant)),
                stream.category());
    }

    /**
     * Returns how the tenant's log stands. Costs a few index probes, and counting what was recorded since it was last counted.
     *
     * @throws IllegalStateException if the store does not count
     */
    public TenantHealth tenantHealth() {
        TenantId tenant = tenant();
        return guarded(
                tenant,
                Operation.READ,
                "tenantHealth",
                () -> new TenantHealth(
                        countingStore().statistics().tenant(tenant),
                        Optional.ofNullable(snapshots).map(Snapshots::use),
                        statuses(tenant)));
    }

    private List<ProjectionStatus> statuses(TenantId tenant) {
        if (projections == null) {
            return List.of();
        }
        List<ProjectionStatus> statuses = projections.status(tenant);
        return guard == null || guard.allows(tenant, Operation.READ_PAYLOAD)
                ? statuses
                : statuses.stream().map(ProjectionStatus::withoutErrorText).toList();
    }

    private SnapshottingEventStore countingStore() {
        if (plain instanceof SnapshottingEventStore counting) {
            return counting;
        }
        throw new IllegalStateException("%s does not count its events: ask a manager of the store itself"
                .formatted(plain.getClass().getName()));
    }

    private <S> LoadedState<S> loaded(StreamId stream, AsOf asOf, Fold<S> fold) {
        if (snapshots != null && fold instanceof NamedFold<S> named) {
            return snapshots().load(tenant(), stream, named, asOf);
        }
        requirePayloads("load", stream.category());
        Folded<S> state = Folded.nothing(fold);
        for (RecordedEvent event : walk(EventQuery.stream(stream).asOf(asOf))) {
            state = state.then(event, fold);
        }
        return state.loaded();
    }

    /** Refuses who may not see what events say: a state of events without payloads would be a wrong one. */
    private void requirePayloads(String call, String category) {
        if (guard != null) {
            guard.require(tenant(), Operation.READ_PAYLOAD, call, category);
        }
    }

    private <T> T guarded(TenantId tenant, Operation operation, String call, Supplier<T> work, String... categories) {
        return guard == null ? work.get() : guard.call(tenant, operation, call, work, categories);
    }

    private static StreamAppend inContext(StreamAppend append, EventMetadata context) {
        List<NewEvent> events = append.events().stream()
                .map(event -> event.withMetadata(event.metadata().orElse(context)))
                .toList();
        return new StreamAppend(append.stream(), append.expected(), events);
    }
}
