package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.CASH;
import static io.nexus.eventstream.core.Samples.debited;
import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.ForwardingEventStore;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A state in memory is a beginning and never an answer of its own. */
class SnapshotCacheTest {

    private final TalliedStore store = TalliedStore.of(30);
    private final SnapshotManager manager = store.manager(SnapshotPolicy.everyEvents(1_000), SnapshotCacheTest::cached);

    @Test
    void aStateInMemoryIsNeverOlderThanTheStream() {
        store.load(manager);
        for (int i = 0; i < 10; i++) {
            store.append(i % 3);
            store.store.eventsRead();
            assertThat(store.load(manager)).isEqualTo(store.expected());
            assertThat(store.store.eventsRead())
                    .as("the last event that was known, and those since")
                    .isEqualTo(1 + i % 3);
        }
        assertThat(manager.use()).isEqualTo(new SnapshotUse(10, 0, 1, 0, 0, 0));
    }

    @Test
    void tenantsWithEqualStreamsAndPositionsNeverSeeEachOthersStates() {
        TenantId other = TenantId.of("other");
        for (int i = 0; i < 30; i++) {
            store.whole.append(
                    other, StreamAppend.of(CASH, ExpectedVersion.any(), NewEvent.of(debited("1000." + (10 + i)))));
        }
        Tally theirs = EventStreamManager.builder()
                .store(store.whole)
                .tenant(other)
                .build()
                .state(CASH, Tally.FOLD);
        assertThat(theirs).isNotEqualTo(store.expected());
        assertThat(store.whole.version(other, CASH)).isEqualTo(store.whole.version(ACME, CASH));

        for (int i = 0; i < 3; i++) {
            assertThat(store.load(manager)).isEqualTo(store.expected());
            assertThat(manager.load(other, CASH, Tally.FOLD, AsOf.now()).state())
                    .isEqualTo(theirs);
            manager.create(i == 0 ? ACME : other, CASH, Tally.FOLD);
        }
        assertThat(store.news.invalid).isEmpty();
        assertThat(manager.use().fromEvents()).as("once for each tenant").isEqualTo(2);
    }

    @Test
    void aQuestionAboutThePastIsNotAnsweredFromMemory() {
        store.load(manager);

        assertThat(manager.load(ACME, CASH, Tally.FOLD, AsOf.version(EventVersion.of(7)))
                        .state())
                .isEqualTo(store.expected(7));
        assertThat(store.load(manager)).isEqualTo(store.expected());
    }

    @Test
    void aLogThatWasSetBackIsNoticed() {
        TalliedStore restored = TalliedStore.of(10);
        AtomicReference<EventStore> present = new AtomicReference<>(store.whole);
        EventStore switched = new ForwardingEventStore() {
            @Override
            protected EventStore delegate() {
                return present.get();
            }
        };
        SnapshotManager overBoth = SnapshotManager.builder(switched, store.repository)
                .snapshot("account", Tally.FOLD)
                .build();
        assertThat(store.load(overBoth)).isEqualTo(store.expected());

        present.set(restored.whole);
        assertThat(restored.load(overBoth)).as("shorter").isEqualTo(restored.expected());
        present.set(store.whole);
        assertThat(store.load(overBoth)).isEqualTo(store.expected());
        restored.append(40);
        present.set(restored.whole);
        assertThat(restored.load(overBoth)).as("longer, but another").isEqualTo(restored.expected());
    }

    @Test
    void aStateLeavesMemoryWhenItsTimeIsUpHoweverOftenItIsAskedFor() {
        AtomicLong nanos = new AtomicLong();
        SnapshotCache cache = new SnapshotCache(Duration.ofMinutes(5), 10, nanos::get);
        Folded<Tally> folded = Folded.nothing(Tally.FOLD);
        for (int minute = 0; minute < 5; minute++) {
            nanos.set(Duration.ofMinutes(minute).toNanos());
            cache.keep(cache.now(), ACME, CASH, Tally.FOLD, folded, EventVersion.NONE);
            assertThat(cache.find(ACME, CASH, Tally.FOLD)).isNotNull();
        }

        nanos.set(Duration.ofMinutes(5).toNanos());

        assertThat(cache.find(ACME, CASH, Tally.FOLD)).isNull();
    }

    @Test
    void aStateWhoseReadingBeganBeforeItsStreamWasForgottenIsNotKept() {
        SnapshotManager[] manager = new SnapshotManager[1];
        AtomicBoolean forgetting = new AtomicBoolean(true);
        EventStore interrupted = new ForwardingEventStore() {
            @Override
            protected EventStore delegate() {
                return store.whole;
            }

            @Override
            public EventPage read(TenantId tenant, EventQuery query) {
                EventPage page = super.read(tenant, query);
                if (forgetting.getAndSet(false)) {
                    manager[0].forget(ACME, CASH);
                }
                return page;
            }
        };
        manager[0] = SnapshotManager.builder(interrupted, store.repository)
                .snapshot("account", Tally.FOLD, SnapshotPolicy.everyEvents(1_000))
                .build();

        store.load(manager[0]);
        store.load(manager[0]);
        store.load(manager[0]);

        assertThat(manager[0].use().fromEvents()).isEqualTo(2);
        assertThat(manager[0].use().fromCache()).isEqualTo(1);
    }

    @Test
    void whoeverHasFoundAStateBeforeItWasDroppedKeepsNothingOfIt() {
        SnapshotCache cache = new SnapshotCache(Duration.ofMinutes(5), 10, System::nanoTime);
        Folded<Tally> folded = Folded.nothing(Tally.FOLD);
        cache.keep(cache.now(), ACME, CASH, Tally.FOLD, folded, EventVersion.NONE);
        long before = cache.now();
        assertThat(cache.find(ACME, CASH, Tally.FOLD)).isNotNull();

        cache.drop(ACME, CASH);
        cache.keep(before, ACME, CASH, Tally.FOLD, folded, EventVersion.NONE);

        assertThat(cache.find(ACME, CASH, Tally.FOLD)).isNull();
        cache.keep(cache.now(), ACME, CASH, Tally.FOLD, folded, EventVersion.NONE);
        assertThat(cache.find(ACME, CASH, Tally.FOLD)).isNotNull();
    }

    @Test
    void withoutRoomNothingIsKept() {
        SnapshotManager noRoom = store.manager(
                SnapshotPolicy.everyEvents(1_000), builder -> cached(builder).cacheSize(0));

        store.load(noRoom);
        store.load(noRoom);

        assertThat(noRoom.use().fromEvents()).isEqualTo(2);
    }

    private static SnapshotManager.Builder cached(SnapshotManager.Builder builder) {
        return builder.settings(SnapshotSettings.defaults());
    }
}
