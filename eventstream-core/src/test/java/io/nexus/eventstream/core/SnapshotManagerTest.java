package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.CASH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.StreamNotFoundException;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.snapshot.Snapshot;
import io.nexus.eventstream.snapshot.SnapshotListener;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** When snapshots are made, by whom, and how long they stay. */
class SnapshotManagerTest {

    private static final SnapshotPolicy ON_DEMAND =
            SnapshotPolicy.everyEvents(10).onDemand();

    @Test
    void aSnapshotSaysWhatItIsAStateOf() {
        TalliedStore store = TalliedStore.of(3);

        Snapshot made = store.manager(ON_DEMAND).create(ACME, CASH, Tally.FOLD);

        assertThat(made.version()).isEqualTo(EventVersion.of(3));
        assertThat(made.state())
                .isEqualTo("{\"events\":3,\"chain\":%d,\"last\":2.50}"
                        .formatted(store.expected().chain()));
        assertThat(made.foldName()).isEqualTo("tally");
        assertThat(made.schemaVersion()).isEqualTo(1);
        assertThat(made.createdAt()).isEqualTo(TalliedStore.NOW);
        assertThat(made.checksum()).matches("[0-9a-f]{64}");
        assertThat(made.eventHash())
                .isEqualTo(store.whole.head(ACME).orElseThrow().hash());
        assertThat(store.repository.latest(ACME, CASH, "tally", 1)).contains(made);
        assertThat(store.news.created).containsExactly(made);
    }

    @Test
    void aStreamWithoutEventsHasNoSnapshot() {
        SnapshotManager manager = new TalliedStore().manager(ON_DEMAND);

        assertThatThrownBy(() -> manager.create(ACME, CASH, Tally.FOLD)).isInstanceOf(StreamNotFoundException.class);
        assertThat(manager.createIfNeeded(ACME, CASH, Tally.FOLD)).isEmpty();
    }

    @Test
    void aSnapshotIsNeededEveryHundredEventsUnlessSaidOtherwise() {
        TalliedStore store = TalliedStore.of(99);
        SnapshotManager manager = SnapshotManager.builder(store.whole)
                .snapshot(CASH.category(), Tally.FOLD)
                .build();
        assertThat(manager.createIfNeeded(ACME, CASH, Tally.FOLD)).isEmpty();

        store.append(1);
        assertThat(manager.createIfNeeded(ACME, CASH, Tally.FOLD)).isPresent();

        store.append(99);
        assertThat(manager.createIfNeeded(ACME, CASH, Tally.FOLD)).isEmpty();
        store.append(1);
        assertThat(manager.createIfNeeded(ACME, CASH, Tally.FOLD).map(Snapshot::version))
                .contains(EventVersion.of(200));
        assertThat(store.stored()).containsExactly(200L, 100L);
    }

    @Test
    void whoeverHadToReadManyEventsSavesWhatTheyGave() {
        TalliedStore store = TalliedStore.of(9);
        SnapshotManager manager = store.manager(SnapshotPolicy.everyEvents(10));
        store.load(manager);
        assertThat(store.stored()).isEmpty();

        store.append(1);
        store.load(manager);
        store.load(manager);
        assertThat(store.news.versions()).containsExactly(10L);

        store.append(9);
        store.load(manager);
        assertThat(store.news.versions()).containsExactly(10L);
        store.append(3);
        assertThat(store.load(manager)).isEqualTo(store.expected());
        assertThat(store.news.versions()).containsExactly(10L, 22L);
    }

    @Test
    void whoeverAppendsAcrossAMultipleOfTheThresholdHasOneMade() {
        TalliedStore store = new TalliedStore();
        EventStreamManager ledger =
                store.ledger(store.manager(SnapshotPolicy.everyEvents(10).afterAppend()));

        store.append(ledger, 9);
        assertThat(store.stored()).isEmpty();
        store.append(ledger, 3);
        assertThat(store.stored()).containsExactly(12L);
        store.append(ledger, 8);
        assertThat(store.stored())
                .as("20 is crossed, but only 8 events have been since")
                .containsExactly(12L);
        store.append(ledger, 10);
        assertThat(store.stored()).containsExactly(30L, 12L);
        ledger.state(CASH, Tally.FOLD);
        assertThat(store.news.versions()).as("a load makes none").containsExactly(12L, 30L);
    }

    @Test
    void onDemandNeitherALoadNorAnAppendMakesOne() {
        TalliedStore store = new TalliedStore();
        SnapshotManager manager = store.manager(ON_DEMAND);
        EventStreamManager ledger = store.ledger(manager);

        store.append(ledger, 50);
        ledger.state(CASH, Tally.FOLD);

        assertThat(store.stored()).isEmpty();
        assertThat(manager.createIfNeeded(ACME, CASH, Tally.FOLD)).isPresent();
    }

    @Test
    void aPolicyThatReadsEventsMakesSnapshotsAndPassesThemOver() {
        TalliedStore store = TalliedStore.of(25);
        SnapshotManager manager = store.manager(SnapshotPolicy.everyEvents(10).readingEvents());

        for (int i = 0; i < 3; i++) {
            store.store.eventsRead();
            assertThat(store.load(manager)).isEqualTo(store.expected());
            assertThat(store.store.eventsRead()).isGreaterThanOrEqualTo(25);
        }

        assertThat(store.news.versions()).as("one, not one for each load").containsExactly(25L);
        assertThat(manager.use().fromSnapshot() + manager.use().fromCache()).isZero();
    }

    @Test
    void aFoldThatIsNotDeclaredIsReadFromEvents() {
        TalliedStore store = TalliedStore.of(25);
        SnapshotManager manager = SnapshotManager.builder(store.store, store.repository)
                .snapshot("other", Tally.FOLD)
                .build();
        manager.create(ACME, CASH, Tally.FOLD);

        assertThat(store.load(manager)).isEqualTo(store.expected());

        assertThat(manager.use().hitRate()).isZero();
    }

    @Test
    void theJobMakesWhatIsDueAndDeletesWhatIsOld() throws Exception {
        TalliedStore store = TalliedStore.of(12);
        SnapshotManager manager = store.manager(ON_DEMAND);
        manager.create(ACME, CASH, Tally.FOLD);
        store.clock.set(TalliedStore.NOW.plus(Duration.ofDays(31)));
        store.append(10);
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch third = new CountDownLatch(3);
        ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
        try {
            AutoCloseable job = manager.maintain(scheduler, Duration.ofMillis(1), () -> {
                third.countDown();
                if (runs.incrementAndGet() == 1) {
                    throw new IllegalStateException("the tenants are not known yet");
                }
                return List.of(TenantId.of("nobody"), ACME);
            });

            assertThat(third.await(1, TimeUnit.MINUTES))
                    .as("goes on after a failure")
                    .isTrue();
            job.close();
        } finally {
            scheduler.shutdown();
            assertThat(scheduler.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        }

        assertThat(store.stored()).containsExactly(22L);
    }

    @Test
    void whatIsDueIsMadeForEachStreamAndOneThatFailsKeepsNoOtherBack() {
        TalliedStore store = TalliedStore.of(12);
        StreamId broken = StreamId.of(CASH.category(), "broken");
        for (int i = 0; i < 15; i++) {
            store.whole.append(ACME, StreamAppend.of(broken, ExpectedVersion.any(), NewEvent.of(Samples.debited("1"))));
        }
        BrokenRepository repository = new BrokenRepository(store.repository);
        repository.brokenFor = broken;
        SnapshotManager manager = SnapshotManager.builder(store.store, repository)
                .snapshot(CASH.category(), Tally.FOLD, ON_DEMAND)
                .listener(store.news)
                .build();

        assertThat(manager.createDue(ACME)).isEqualTo(1);

        assertThat(store.stored()).containsExactly(12L);
        assertThat(store.news.failures).singleElement().isInstanceOf(StorageException.class);
        repository.brokenFor = null;
        assertThat(manager.createDue(ACME)).isEqualTo(1);
        assertThat(manager.createDue(ACME)).as("nothing is due any more").isZero();
    }

    @Test
    void aStateThatIsNotKeptIsNotReportedAsMadeAndNotOfferedByEachLoad() {
        TalliedStore store = TalliedStore.of(12);
        BrokenRepository repository = new BrokenRepository(store.repository);
        repository.declined = CASH.category();
        SnapshotManager manager = SnapshotManager.builder(store.store, repository)
                .snapshot(CASH.category(), Tally.FOLD, SnapshotPolicy.everyEvents(10))
                .listener(store.news)
                .build();

        for (int i = 0; i < 3; i++) {
            assertThat(store.load(manager)).isEqualTo(store.expected());
        }
        assertThat(repository.declines).isEqualTo(1);
        assertThat(manager.createIfNeeded(ACME, CASH, Tally.FOLD)).isEmpty();
        assertThatThrownBy(() -> manager.create(ACME, CASH, Tally.FOLD))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not kept");

        assertThat(store.news.created).isEmpty();
        assertThat(manager.use().created()).isZero();
        assertThat(store.news.failures).isEmpty();
    }

    @Test
    void streamsOfWhichNoStateIsKeptKeepNoOtherWaiting() {
        TalliedStore store = new TalliedStore();
        BrokenRepository repository = new BrokenRepository(store.repository);
        SnapshotManager manager = SnapshotManager.builder(store.store, repository)
                .snapshot(
                        CASH.category(),
                        Tally.FOLD,
                        SnapshotPolicy.everyEvents(1).onDemand())
                .build();
        for (int i = 0; i < DueStreams.AT_ONCE; i++) {
            StreamId longer = StreamId.of(CASH.category(), "longer-" + i);
            store.whole.append(
                    ACME,
                    StreamAppend.of(
                            longer,
                            ExpectedVersion.any(),
                            NewEvent.of(Samples.debited("1")),
                            NewEvent.of(Samples.debited("1"))));
        }
        repository.declined = CASH.category();
        assertThat(manager.createDue(ACME)).isZero();
        assertThat(repository.declines).isEqualTo(DueStreams.AT_ONCE);
        repository.declined = null;
        store.append(1);

        assertThat(manager.createDue(ACME)).as("the one that was not tried").isEqualTo(1);

        assertThat(store.stored()).containsExactly(1L);
        assertThat(manager.createDue(ACME)).as("the others have to wait").isZero();
    }

    @Test
    void oldSnapshotsAreDeletedButTheNewestStays() {
        TalliedStore store = TalliedStore.of(1);
        SnapshotManager manager = store.manager(ON_DEMAND);
        manager.create(ACME, CASH, Tally.FOLD);
        store.append(1);
        manager.create(ACME, CASH, Tally.FOLD);

        store.clock.set(TalliedStore.NOW.plus(Duration.ofDays(30)));
        assertThat(manager.applyRetention(ACME)).isZero();
        store.clock.set(TalliedStore.NOW.plus(Duration.ofDays(30)).plusNanos(1_000));
        assertThat(manager.applyRetention(ACME)).isEqualTo(1);
        assertThat(store.stored()).containsExactly(2L);
    }

    @Test
    void snapshotsAreMadeWhereTheExecutorSaysAndNotAskedForTwice() {
        TalliedStore store = TalliedStore.of(10);
        Queue<Runnable> waiting = new ArrayDeque<>();
        SnapshotManager manager =
                store.manager(SnapshotPolicy.everyEvents(10), builder -> builder.executor(waiting::add));

        for (int i = 0; i < 5; i++) {
            assertThat(store.load(manager)).isEqualTo(store.expected());
        }
        assertThat(store.stored()).isEmpty();
        assertThat(waiting).hasSize(1);
        waiting.remove().run();
        assertThat(store.stored()).containsExactly(10L);

        store.append(10);
        store.load(manager);
        assertThat(waiting).as("the next one").hasSize(1);
    }

    @Test
    void anExecutorThatRefusesHarmsNeitherLoadNorAppend() {
        TalliedStore store = new TalliedStore();
        UnaryOperator<SnapshotManager.Builder> refusing = builder -> builder.executor(task -> {
            throw new RejectedExecutionException("full");
        });
        EventStreamManager ledger =
                store.ledger(store.manager(SnapshotPolicy.everyEvents(1).afterAppend(), refusing));
        store.append(ledger, 1);
        EventStreamManager loading = store.ledger(store.manager(SnapshotPolicy.everyEvents(1), refusing));

        assertThat(loading.state(CASH, Tally.FOLD)).isEqualTo(store.expected());

        assertThat(store.news.failures)
                .hasSize(2)
                .allSatisfy(each -> assertThat(each).isInstanceOf(RejectedExecutionException.class));
        assertThat(store.stored()).isEmpty();
    }

    @Test
    void switchedOffNothingIsMadeOrRead() {
        TalliedStore store = TalliedStore.of(25);
        store.manager(ON_DEMAND).create(ACME, CASH, Tally.FOLD);
        SnapshotManager off = store.manager(
                SnapshotPolicy.everyEvents(1).afterAppend(),
                builder -> builder.settings(SnapshotSettings.defaults().withEnabled(false)));

        store.append(store.ledger(off), 10);

        assertThat(store.load(off)).isEqualTo(store.expected());
        assertThat(store.store.eventsRead()).isGreaterThanOrEqualTo(35);
        assertThat(off.createIfNeeded(ACME, CASH, Tally.FOLD)).isEmpty();
        assertThat(off.createDue(ACME)).isZero();
        assertThat(store.stored()).containsExactly(25L);
        assertThatThrownBy(() -> off.create(ACME, CASH, Tally.FOLD)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aListenerThatFailsHarmsNobody() {
        TalliedStore store = TalliedStore.of(10);
        SnapshotListener failing = new SnapshotListener() {
            @Override
            public void onCreated(Snapshot snapshot) {
                throw new IllegalStateException("not now");
            }
        };
        SnapshotManager manager = store.manager(SnapshotPolicy.everyEvents(10), builder -> builder.listener(failing));

        assertThatCode(() -> store.load(manager)).doesNotThrowAnyException();

        assertThat(store.stored()).containsExactly(10L);
    }

    @Test
    void aFoldDeclaredTwiceForACategoryIsRefused() {
        SnapshotManager.Builder builder = SnapshotManager.builder(new TalliedStore().whole)
                .snapshot("account", Tally.FOLD)
                .snapshot("account", Tally.NEWER, ON_DEMAND);

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("fold tally is declared twice for category account");
    }
}
