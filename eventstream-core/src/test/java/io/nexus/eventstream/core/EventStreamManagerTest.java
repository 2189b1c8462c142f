package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACCOUNT_EVENTS;
import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.BALANCE;
import static io.nexus.eventstream.core.Samples.CASH;
import static io.nexus.eventstream.core.Samples.ID;
import static io.nexus.eventstream.core.Samples.credited;
import static io.nexus.eventstream.core.Samples.debited;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventSerializationException;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.NotFinalYetException;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.StreamNotFoundException;
import io.nexus.eventstream.TenantId;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class EventStreamManagerTest {

    private static final StreamId SALES = StreamId.of("account", "4000");

    private final SettableClock clock = new SettableClock(Instant.parse("2026-04-01T09:00:00Z"));
    private final InMemoryEventStore store = InMemoryEventStore.builder(JsonEventSerializer.of(ACCOUNT_EVENTS))
            .clock(clock)
            .build();
    private final EventStreamManager manager =
            EventStreamManager.builder().store(store).tenant(ACME).build();

    @Test
    void plainRecordsAndNewEventsAreAppendedInOneGo() {
        NewEvent given = NewEvent.of(credited("2.00"))
                .withId(ID)
                .occurredAt(Instant.parse("2026-03-31T10:00:00Z"))
                .withMetadata(EventMetadata.none().withUserId("u-17"));

        AppendResult result = manager.append(CASH, ExpectedVersion.noStream(), debited("5.00"), given, debited("1.00"));

        assertThat(result.version(CASH)).isEqualTo(EventVersion.of(3));
        List<RecordedEvent> events = manager.read(EventQuery.stream(CASH)).events();
        assertThat(events)
                .extracting(RecordedEvent::payload)
                .containsExactly(debited("5.00"), credited("2.00"), debited("1.00"));
        assertThat(events.get(1).id()).isEqualTo(ID);
        assertThat(events.get(1).occurredAt()).isEqualTo(Instant.parse("2026-03-31T10:00:00Z"));
        assertThat(events.get(1).metadata().userId()).contains("u-17");
        assertThat(events.get(0).occurredAt()).as("without a time of its own").isEqualTo(clock.instant());
        assertThat(events.get(0).metadata()).isEqualTo(EventMetadata.none());
    }

    @Test
    void severalStreamsAreWrittenTogetherOrNotAtAll() {
        manager.appendAll(List.of(
                StreamAppend.of(CASH, ExpectedVersion.noStream(), NewEvent.of(debited("5.00"))),
                StreamAppend.of(SALES, ExpectedVersion.noStream(), NewEvent.of(credited("5.00")))));

        assertThatThrownBy(() -> manager.appendAll(List.of(
                        StreamAppend.of(CASH, ExpectedVersion.exactly(1), NewEvent.of(debited("5.00"))),
                        StreamAppend.of(SALES, ExpectedVersion.exactly(9), NewEvent.of(credited("5.00"))))))
                .isInstanceOf(ConcurrencyException.class);
        assertThat(manager.version(CASH)).isEqualTo(EventVersion.of(1));
        assertThat(manager.state(SALES, BALANCE)).isEqualTo(new BigDecimal("-5.00"));
    }

    @Test
    void aCollectionPassedAsOneEventIsToldHowToPassIt() {
        assertThatThrownBy(() -> manager.append(CASH, ExpectedVersion.any(), List.of(debited("1"))))
                .isInstanceOf(EventSerializationException.class)
                .hasMessageEndingWith(
                        " is not registered as an event: pass the events one by one, not as a collection");
        assertThatThrownBy(() -> manager.append(CASH, ExpectedVersion.any(), (Object) new Object[] {debited("1")}))
                .hasMessageEndingWith(
                        " is not registered as an event: pass the events one by one, not as a collection");
    }

    @Test
    void anAppendWithoutEventsIsRefused() {
        assertThatThrownBy(() -> manager.append(CASH, ExpectedVersion.any()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("an append needs at least one event");
    }

    @Test
    void theContextIsAskedOncePerAppendAndOwnEntriesGoBeforeIt() {
        AtomicInteger asked = new AtomicInteger();
        EventStreamManager inContext = EventStreamManager.builder()
                .store(store)
                .tenant(ACME)
                .metadata(() -> EventMetadata.none()
                        .withUserId("context")
                        .with("call", Integer.toString(asked.incrementAndGet())))
                .build();

        inContext.append(
                CASH,
                ExpectedVersion.any(),
                debited("1"),
                NewEvent.of(debited("2")).withMetadata(EventMetadata.none().withUserId("own")));
        inContext.append(CASH, ExpectedVersion.any(), debited("3"));
        inContext.read(EventQuery.log());

        assertThat(inContext.read(EventQuery.log()).events())
                .extracting(event -> event.metadata().entries().toString())
                .containsExactly("{call=1, userId=context}", "{call=1, userId=own}", "{call=2, userId=context}");
    }

    @Test
    void theTenantIsAskedForInEveryCall() {
        AtomicReference<TenantId> present = new AtomicReference<>(ACME);
        EventStreamManager shared =
                EventStreamManager.builder().store(store).tenants(present::get).build();
        shared.append(CASH, ExpectedVersion.noStream(), debited("5.00"));

        present.set(TenantId.of("other"));
        assertThat(shared.tenant()).isEqualTo(TenantId.of("other"));
        assertThat(shared.state(CASH, BALANCE)).isEqualTo(BigDecimal.ZERO);
        assertThat(shared.version(CASH)).isEqualTo(EventVersion.NONE);
        assertThat(shared.head()).isEmpty();
        shared.append(CASH, ExpectedVersion.noStream(), debited("7.00"));
        assertThat(shared.state(CASH, BALANCE)).isEqualTo(new BigDecimal("7.00"));

        present.set(ACME);
        assertThat(shared.state(CASH, BALANCE)).isEqualTo(new BigDecimal("5.00"));
    }

    @Test
    void aHostWithoutATenantIsNotAnsweredWithADefault() {
        EventStreamManager outside = EventStreamManager.builder()
                .store(store)
                .tenants(() -> {
                    throw new IllegalStateException("no tenant in this request");
                })
                .build();

        assertThatThrownBy(() -> outside.append(CASH, ExpectedVersion.any(), debited("1")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no tenant in this request");
    }

    @Test
    void anotherStoreTakesOverTenantAndContext() {
        EventStreamManager first = EventStreamManager.builder()
                .store(store)
                .tenant(TenantId.of("other"))
                .metadata(() -> EventMetadata.none().withUserId("u-17"))
                .build();
        InMemoryEventStore another = InMemoryEventStore.create(ACCOUNT_EVENTS);

        EventStreamManager second = first.with(another);
        second.append(CASH, ExpectedVersion.any(), debited("1"));

        assertThat(second.store()).isSameAs(another);
        assertThat(first.store()).isSameAs(store);
        assertThat(another.read(TenantId.of("other"), EventQuery.log()).events())
                .singleElement()
                .satisfies(event -> assertThat(event.metadata().userId()).contains("u-17"));
        assertThat(store.head(TenantId.of("other"))).isEmpty();
    }

    @Test
    void aLoadedStateBringsTheVersionToExpect() {
        LoadedState<BigDecimal> before = manager.load(CASH, BALANCE);
        assertThat(before.state()).isEqualTo(BigDecimal.ZERO);
        assertThat(before.expected()).isEqualTo(ExpectedVersion.noStream());
        manager.append(CASH, before.expected(), debited("5.00"), credited("2.00"));

        LoadedState<BigDecimal> after = manager.load(CASH, BALANCE);
        assertThat(after).isEqualTo(new LoadedState<>(new BigDecimal("3.00"), EventVersion.of(2)));
        assertThat(after.expected()).isEqualTo(ExpectedVersion.exactly(2));
        assertThatThrownBy(() -> manager.append(CASH, before.expected(), debited("1")))
                .isInstanceOf(ConcurrencyException.class);
    }

    @Test
    void stateIsGivenAsOfEitherClockOrBoth() {
        bookedMarch();

        assertThat(stateAt(AsOf.now())).isEqualTo("111");
        assertThat(stateAt(AsOf.occurred(LocalDate.of(2026, 3, 31)))).isEqualTo("101");
        assertThat(stateAt(AsOf.recorded(Instant.parse("2026-04-02T09:00:00Z"))))
                .isEqualTo("11");
        assertThat(stateAt(AsOf.occurred(LocalDate.of(2026, 3, 31)).andRecorded(LocalDate.of(2026, 4, 2))))
                .isEqualTo("1");
        assertThat(stateAt(AsOf.recorded(LocalDate.of(2026, 3, 1)))).isEqualTo("0");
    }

    @Test
    void aMomentIncludesItselfToTheMicrosecond() {
        bookedMarch();
        Instant recorded = Instant.parse("2026-04-02T09:00:00Z");

        assertThat(stateAt(AsOf.recorded(recorded.minusNanos(1_000)))).isEqualTo("1");
        assertThat(stateAt(AsOf.occurred(Instant.parse("2026-03-20T00:00:00Z"))))
                .isEqualTo("101");
        assertThat(stateAt(AsOf.occurred(Instant.parse("2026-03-19T23:59:59.999999Z"))))
                .isEqualTo("1");
    }

    @Test
    void stateIsGivenAsOfAVersion() {
        bookedMarch();

        assertThat(stateAt(AsOf.version(EventVersion.of(2)))).isEqualTo("11");
        assertThat(stateAt(AsOf.version(EventVersion.NONE))).isEqualTo("0");
    }

    @Test
    void aVersionBeyondTheEndHasNoState() {
        bookedMarch();

        assertThatThrownBy(() -> stateAt(AsOf.version(EventVersion.of(4))))
                .isInstanceOfSatisfying(StreamNotFoundException.class, missing -> {
                    assertThat(missing.tenant()).isEqualTo(ACME);
                    assertThat(missing.stream()).isEqualTo(CASH);
                    assertThat(missing.requested()).isEqualTo(EventVersion.of(4));
                    assertThat(missing.actual()).isEqualTo(EventVersion.of(3));
                });
        assertThatThrownBy(() -> manager.stateAt(SALES, AsOf.version(EventVersion.of(1)), BALANCE))
                .isInstanceOf(StreamNotFoundException.class)
                .hasMessageStartingWith("tenant acme has no stream account/4000");
    }

    @Test
    void aRecordedMomentInTheFutureIsNotAnswered() {
        assertThatThrownBy(() -> stateAt(AsOf.recorded(clock.instant().plusSeconds(1))))
                .isInstanceOfSatisfying(
                        NotFinalYetException.class,
                        e -> assertThat(e.reason()).isEqualTo(NotFinalYetException.Reason.IN_THE_FUTURE));
    }

    @Test
    void readsGoToTheTenantsStore() {
        bookedMarch();

        assertThat(manager.walk(EventQuery.log().pageSize(1))).hasSize(3);
        assertThat(manager.head().orElseThrow().position()).isEqualTo(Position.of(3));
        assertThat(manager.positionAt(Instant.parse("2026-04-02T12:00:00Z"))).isEqualTo(Position.of(2));
        RecordedEvent last =
                manager.read(EventQuery.stream(CASH).backward()).events().get(0);
        assertThat(manager.find(last.id()))
                .get()
                .extracting(RecordedEvent::version)
                .isEqualTo(EventVersion.of(3));
    }

    /** 1 of March recorded on 1 April, 10 of April recorded on 2 April, 100 of March recorded on 3 April. */
    private void bookedMarch() {
        manager.append(
                CASH,
                ExpectedVersion.any(),
                NewEvent.of(debited("1")).occurredAt(Instant.parse("2026-03-10T00:00:00Z")));
        clock.set(Instant.parse("2026-04-02T09:00:00Z"));
        manager.append(
                CASH,
                ExpectedVersion.any(),
                NewEvent.of(debited("10")).occurredAt(Instant.parse("2026-04-01T00:00:00Z")));
        clock.set(Instant.parse("2026-04-03T09:00:00Z"));
        manager.append(
                CASH,
                ExpectedVersion.any(),
                NewEvent.of(debited("100")).occurredAt(Instant.parse("2026-03-20T00:00:00Z")));
    }

    private String stateAt(AsOf asOf) {
        return manager.stateAt(CASH, asOf, BALANCE).toPlainString();
    }
}
