package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACCOUNT_EVENTS;
import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.CASH;
import static io.nexus.eventstream.core.Samples.debited;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.core.Samples.AccountEvent;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.projection.ProjectionStatus;
import io.nexus.eventstream.spi.ForwardingEventStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How many events are read for a state, from what, and for the states of all streams. */
class StateReadingTest {

    private static final SnapshotPolicy ON_DEMAND =
            SnapshotPolicy.everyEvents(100).onDemand();

    @Test
    void readersBeginAtTheSnapshotInsteadOfOldEventsWhereThePolicySaysSo() {
        TalliedStore store = TalliedStore.of(2_500);
        store.manager(ON_DEMAND).create(ACME, CASH, Tally.FOLD);
        store.append(20);
        store.store.eventsRead();

        assertThat(store.load(store.manager(ON_DEMAND))).isEqualTo(store.expected());
        assertThat(store.store.eventsRead())
                .as("the event that the snapshot ends with, and those after it")
                .isEqualTo(21);

        assertThat(store.load(store.manager(ON_DEMAND.readingEvents()))).isEqualTo(store.expected());
        assertThat(store.store.eventsRead()).isEqualTo(2_520);
        assertThat(store.whole.version(ACME, CASH)).as("nothing is deleted").isEqualTo(EventVersion.of(2_520));
    }

    @Test
    void questionsAboutThePastBeginAtTheNewestSnapshotThatMayAnswer() {
        TalliedStore store = TalliedStore.of(100);
        SnapshotManager manager = store.manager(ON_DEMAND);
        Instant atHundred = manager.create(ACME, CASH, Tally.FOLD).recordedAt();
        store.clock.set(TalliedStore.NOW.plus(Duration.ofDays(1)));
        store.append(100);
        manager.create(ACME, CASH, Tally.FOLD);
        store.append(1);
        EventStreamManager ledger = store.ledger(manager);

        read(
                store,
                1,
                () -> assertThat(ledger.stateAt(CASH, AsOf.recorded(atHundred), Tally.FOLD))
                        .isEqualTo(store.expected(100)));
        read(
                store,
                1,
                () -> assertThat(ledger.stateAt(CASH, AsOf.occurred(atHundred), Tally.FOLD))
                        .isEqualTo(store.expected(100)));
        read(
                store,
                51,
                () -> assertThat(ledger.stateAt(CASH, AsOf.version(EventVersion.of(150)), Tally.FOLD))
                        .isEqualTo(store.expected(150)));
        read(
                store,
                99,
                () -> assertThat(ledger.stateAt(CASH, AsOf.version(EventVersion.of(99)), Tally.FOLD))
                        .isEqualTo(store.expected(99)));
        read(store, 2, () -> assertThat(ledger.state(CASH, Tally.FOLD)).isEqualTo(store.expected()));
    }

    @Test
    void anEventDatedAheadMakesASnapshotUselessForBusinessTimesBeforeIt() {
        TalliedStore store = TalliedStore.of(10);
        Instant present = TalliedStore.NOW.plusSeconds(60);
        AccountEvent ahead = debited("7.00");
        store.whole.append(
                ACME,
                StreamAppend.of(
                        CASH, ExpectedVersion.any(), NewEvent.of(ahead).occurredAt(present.plus(Duration.ofDays(30)))));
        SnapshotManager manager = store.manager(ON_DEMAND);
        manager.create(ACME, CASH, Tally.FOLD);
        Tally withoutIt = store.expected();
        store.facts.add(ahead);
        EventStreamManager ledger = store.ledger(manager);

        read(
                store,
                10,
                () -> assertThat(ledger.stateAt(CASH, AsOf.occurred(present), Tally.FOLD))
                        .isEqualTo(withoutIt));
        read(store, 1, () -> assertThat(ledger.state(CASH, Tally.FOLD)).isEqualTo(store.expected()));
        assertThat(store.news.invalid).isEmpty();
    }

    @Test
    void allStreamsAtOnceAreWhatEachIsByItselfAndOnePassOverTheLog() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        SettableClock clock = new SettableClock(TalliedStore.NOW);
        WatchedReads store = new WatchedReads(InMemoryEventStore.builder(JsonEventSerializer.of(ACCOUNT_EVENTS))
                .clock(clock)
                .build());
        EventStreamManager ledger =
                EventStreamManager.builder().store(store).tenant(ACME).build();
        List<Fact> facts = new ArrayList<>();
        int events = 2_300;
        for (int i = 0; i < events; i++) {
            clock.set(TalliedStore.NOW.plusSeconds(i));
            StreamId stream = StreamId.of(random.nextInt(10) == 0 ? "order" : "account", "" + random.nextInt(200));
            Instant occurred = TalliedStore.NOW.plusSeconds(i - random.nextInt(500));
            AccountEvent event = debited(random.nextInt(1_000) + ".00");
            Instant recorded = ledger.append(
                            stream, ExpectedVersion.any(), NewEvent.of(event).occurredAt(occurred))
                    .recordedAt();
            facts.add(new Fact(stream, event, occurred, recorded));
        }
        Instant recorded = TalliedStore.NOW.plusSeconds(random.nextInt(events));
        Instant occurred = TalliedStore.NOW.plusSeconds(random.nextInt(events));

        for (AsOf asOf : List.of(
                AsOf.now(),
                AsOf.recorded(recorded),
                AsOf.occurred(occurred),
                AsOf.occurred(occurred).andRecorded(recorded))) {
            store.pages.set(0);
            Map<StreamId, Tally> states = ledger.statesAt("account", asOf, Tally.FOLD);

            assertThat(store.pages).as("pages of a thousand, seed %d", seed).hasValueLessThanOrEqualTo(4);
            assertThat(states).as("%s, seed %d", asOf, seed).isEqualTo(plainly(facts, asOf));
            assertThat(states.keySet().stream().limit(5))
                    .allSatisfy(stream ->
                            assertThat(ledger.stateAt(stream, asOf, Tally.FOLD)).isEqualTo(states.get(stream)));
        }
        assertThatThrownBy(() -> ledger.statesAt("account", AsOf.version(EventVersion.of(1)), Tally.FOLD))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aRecordedMomentHasTheSameAnswerToTheByteWhateverIsAppendedLater() {
        TalliedStore store = TalliedStore.of(150);
        SnapshotManager manager = store.manager(SnapshotPolicy.everyEvents(20));
        EventStreamManager ledger = store.ledger(manager);
        Instant audit = store.whole.head(ACME).orElseThrow().recordedAt();
        AsOf asOf = AsOf.occurred(TalliedStore.NOW.plusSeconds(3_600)).andRecorded(audit);
        String before = json(ledger.stateAt(CASH, asOf, Tally.FOLD));
        String allBefore = json(ledger.statesAt("account", asOf, Tally.FOLD));

        store.clock.set(TalliedStore.NOW.plus(Duration.ofDays(40)));
        for (int i = 0; i < 60; i++) {
            ledger.append(
                    i % 2 == 0 ? CASH : StreamId.of("account", "new"),
                    ExpectedVersion.any(),
                    NewEvent.of(debited("9.99")).occurredAt(TalliedStore.NOW.minus(Duration.ofDays(i))));
            ledger.state(CASH, Tally.FOLD);
        }
        manager.create(ACME, CASH, Tally.FOLD);

        assertThat(json(ledger.stateAt(CASH, asOf, Tally.FOLD))).isEqualTo(before);
        assertThat(json(ledger.statesAt("account", asOf, Tally.FOLD))).isEqualTo(allBefore);
        assertThat(json(ledger.stateAt(CASH, AsOf.recorded(audit), Tally.FOLD))).isEqualTo(before);
    }

    @Test
    void aManagerInATransactionOfTheCallerUsesNoSnapshots() {
        TalliedStore store = TalliedStore.of(100);
        SnapshotManager manager = store.manager(SnapshotPolicy.everyEvents(1).afterAppend());
        manager.create(ACME, CASH, Tally.FOLD);
        EventStreamManager joined = store.ledger(manager).with(new ForwardingEventStore() {
            @Override
            protected EventStore delegate() {
                return store.store;
            }
        });

        store.append(joined, 1);

        read(store, 101, () -> assertThat(joined.state(CASH, Tally.FOLD)).isEqualTo(store.expected()));
        assertThat(store.stored()).containsExactly(100L);
        assertThatThrownBy(joined::snapshots).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void healthTellsHowAStreamAndItsSnapshotsStand() {
        TalliedStore store = TalliedStore.of(30);
        SnapshotManager manager = store.manager(ON_DEMAND);
        manager.create(ACME, CASH, Tally.FOLD);
        store.append(4);
        store.load(manager);
        EventStreamManager ledger = EventStreamManager.builder()
                .store(store.whole)
                .tenant(ACME)
                .build()
                .withSnapshots(manager);

        StreamHealth stream = ledger.streamHealth(CASH);
        TenantHealth tenant = ledger.tenantHealth();

        assertThat(stream.statistics().version()).isEqualTo(EventVersion.of(34));
        assertThat(stream.eventsSinceSnapshot()).isEqualTo(4);
        assertThat(stream.snapshots())
                .singleElement()
                .satisfies(each ->
                        assertThat(each.age(TalliedStore.NOW.plusSeconds(9))).isEqualTo(Duration.ofSeconds(9)));
        assertThat(tenant.statistics().head().value()).isEqualTo(34);
        assertThat(tenant.snapshots()).contains(new SnapshotUse(0, 1, 1, 1, 0, 0));
        assertThat(tenant.snapshots().orElseThrow().hitRate()).isEqualTo(0.5);
        assertThat(tenant.projections()).isEmpty();
        assertThatThrownBy(() -> ledger.with(store.store).tenantHealth())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("does not count its events");
    }

    @Test
    void healthTellsHowFarProjectionsAreBehind() {
        TalliedStore store = TalliedStore.of(3);
        ProjectionEngine engine =
                ProjectionEngine.builder(store.whole).projector(new Balances()).build();
        for (int turn = 0; turn < 5; turn++) {
            engine.runOnce();
        }
        EventStreamManager ledger = EventStreamManager.builder()
                .store(store.whole)
                .tenant(ACME)
                .build()
                .withProjections(engine);
        assertThat(ledger.tenantHealth().projections())
                .singleElement()
                .satisfies(each -> assertThat(each.lagInEvents()).isZero());

        store.append(4);
        store.clock.set(TalliedStore.NOW.plusSeconds(90));

        for (List<ProjectionStatus> projections : List.of(
                ledger.tenantHealth().projections(), ledger.streamHealth(CASH).projections())) {
            assertThat(projections).singleElement().satisfies(each -> {
                assertThat(each.lagInEvents()).isEqualTo(4);
                assertThat(each.lag()).isBetween(Duration.ofSeconds(89), Duration.ofSeconds(90));
            });
        }
    }

    @Test
    void healthLooksForSnapshotsWhereTheManagerKeepsThem() {
        TalliedStore store = TalliedStore.of(10);
        SnapshotManager elsewhere = SnapshotManager.builder(
                        store.whole, InMemoryEventStore.create(ACCOUNT_EVENTS).snapshots())
                .snapshot("account", Tally.FOLD)
                .build();
        elsewhere.create(ACME, CASH, Tally.FOLD);

        StreamHealth health = EventStreamManager.builder()
                .store(store.whole)
                .tenant(ACME)
                .build()
                .withSnapshots(elsewhere)
                .streamHealth(CASH);

        assertThat(health.snapshots()).hasSize(1);
        assertThat(health.eventsSinceSnapshot()).isZero();
    }

    private record Fact(StreamId stream, AccountEvent event, Instant occurred, Instant recorded) {}

    private static Map<StreamId, Tally> plainly(List<Fact> facts, AsOf asOf) {
        Map<StreamId, Tally> states = new LinkedHashMap<>();
        for (Fact fact : facts) {
            boolean tooLate = asOf.occurred().isPresent()
                    && fact.occurred().isAfter(asOf.occurred().get());
            boolean notKnown = asOf.recorded().isPresent()
                    && fact.recorded().isAfter(asOf.recorded().get());
            if (fact.stream().category().equals("account") && !tooLate && !notKnown) {
                Tally before = states.getOrDefault(fact.stream(), Tally.NONE);
                states.put(fact.stream(), before.after(fact.event()));
            }
        }
        return states;
    }

    private static void read(TalliedStore store, int events, Runnable question) {
        store.store.eventsRead();
        question.run();
        assertThat(store.store.eventsRead()).as("events read").isEqualTo(events);
    }

    private static String json(Object state) {
        return JsonText.mapper().writeValueAsString(state);
    }
}
