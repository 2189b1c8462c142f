package io.nexus.eventstream.tck;

import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.Fold;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A test of what an application decides, told in events: given these, when that is decided, then those are recorded. It
 * runs on any store, the in-memory one in milliseconds and the one in PostgreSQL without a change.
 *
 * <pre>{@code
 * Scenario.on(store, cash, Balance.fold())
 *         .given(new AccountDebited("JE-1", new BigDecimal("100.00"), "MYR"))
 *         .when(balance -> List.of(balance.pay("JE-2", new BigDecimal("30.00"))))
 *         .thenEvents(new AccountCredited("JE-2", new BigDecimal("30.00"), "MYR"))
 *         .thenState(new Balance(new BigDecimal("70.00")));
 * }</pre>
 *
 * <p>Everything happens when it is said, in a tenant that nobody else uses, so many scenarios may share a database. Events are
 * the user's own records, or {@link NewEvent}s where a business time or metadata matter. A failed expectation is an {@link
 * AssertionError}; no test framework is needed.
 *
 * <p>Not thread-safe.
 *
 * @param <S> the state that is decided on
 */
public final class Scenario<S> {

    private final EventStore store;
    private final StreamId stream;
    private final Fold<S> fold;
    private TenantId tenant = TenantId.of("scenario-" + EventId.generate());
    private @Nullable TestClock clock;

    private Scenario(EventStore store, StreamId stream, Fold<S> fold) {
        this.store = Objects.requireNonNull(store, "store");
        this.stream = Objects.requireNonNull(stream, "stream");
        this.fold = Objects.requireNonNull(fold, "fold");
    }

    /**
     * Begins a scenario.
     *
     * @param store where it is played
     * @param stream the stream that is given events, decided on and appended to
     * @param fold what makes the state of it
     */
    public static <S> Scenario<S> on(EventStore store, StreamId stream, Fold<S> fold) {
        return new Scenario<>(store, stream, fold);
    }

    /** Has all that follows happen in this tenant, for code that is set up with one, or to show that tenants are apart. */
    public Scenario<S> inTenant(TenantId other) {
        tenant = Objects.requireNonNull(other, "tenant");
        return this;
    }

    /** Returns the tenant of the scenario. */
    public TenantId tenant() {
        return tenant;
    }

    /**
     * Has events without a business time of their own occur at what this clock shows. Give the same clock to the code under
     * test; and to an in-memory store, to decide when events are recorded.
     */
    public Scenario<S> withClock(TestClock testClock) {
        clock = Objects.requireNonNull(testClock, "clock");
        return this;
    }

    /** Sets the clock: events without a business time of their own occur at this moment from now on. */
    public Scenario<S> at(Instant moment) {
        if (clock == null) {
            clock = TestClock.at(moment);
        } else {
            clock.set(moment);
        }
        return this;
    }

    /** Records events in the stream that happened before. */
    public Scenario<S> given(Object... events) {
        return givenIn(stream, events);
    }

    /** Records events in another stream that happened before. */
    public Scenario<S> givenIn(StreamId other, Object... events) {
        if (events.length > 0) {
            append(other, ExpectedVersion.any(), Arrays.asList(events));
        }
        return this;
    }

    /**
     * Decides on the state of the stream and appends what was decided, expecting that nobody has appended since. What can
     * be given to {@code EventStreamManager.execute} can be given here.
     *
     * @param decide from the state to the events, each the user's own record or a {@link NewEvent}
     */
    public Outcome<S> when(Function<? super S, ? extends List<?>> decide) {
        return when(() -> {
            S state = fold.initialState();
            EventVersion version = EventVersion.NONE;
            for (RecordedEvent event : store.walk(tenant, EventQuery.stream(stream))) {
                state = fold.evolve(state, event);
                version = event.version();
            }
            List<?> decided = decide.apply(state);
            if (!decided.isEmpty()) {
                append(stream, ExpectedVersion.exactly(version), decided);
            }
        });
    }

    /** Appends events to the stream, expecting this version of it. */
    public Outcome<S> whenAppended(ExpectedVersion expected, Object... events) {
        return when(() -> append(stream, expected, Arrays.asList(events)));
    }

    /** Calls code that appends by itself, to whichever streams of the {@linkplain #tenant() tenant}. */
    public Outcome<S> when(Runnable action) {
        store.ensureTenant(tenant);
        Position before = store.head(tenant).map(LogHead::position).orElse(Position.of(0));
        RuntimeException error = null;
        try {
            action.run();
        } catch (RuntimeException e) {
            error = e;
        }
        return new Outcome<>(this, before, error);
    }

    /** Returns what was recorded after a position of the log, in all streams. */
    List<RecordedEvent> recordedAfter(Position position) {
        return Outcome.listed(store.walk(tenant, EventQuery.log().after(position)));
    }

    /** Returns the state of the stream as a query for it sees it. */
    S state(Function<EventQuery, EventQuery> bounds) {
        S state = fold.initialState();
        for (RecordedEvent event : store.walk(tenant, bounds.apply(EventQuery.stream(stream)))) {
            state = fold.evolve(state, event);
        }
        return state;
    }

    private void append(StreamId to, ExpectedVersion expected, List<?> events) {
        store.ensureTenant(tenant);
        store.append(
                tenant,
                new StreamAppend(to, expected, events.stream().map(this::asNew).toList()));
    }

    private NewEvent asNew(Object event) {
        NewEvent newEvent = event instanceof NewEvent given ? given : NewEvent.of(event);
        return clock == null || newEvent.occurredAt().isPresent() ? newEvent : newEvent.occurredAt(clock.instant());
    }
}
