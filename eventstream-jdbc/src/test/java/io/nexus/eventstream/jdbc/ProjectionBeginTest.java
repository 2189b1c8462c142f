package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.projection.RebuildOptions;
import io.nexus.eventstream.projection.SlotRole;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Builds that two nodes have to do with at the same moment: at their beginning, and at the switch. */
class ProjectionBeginTest {

    private static final TenantId ACME = TenantId.of("acme");

    /** Of our own: both runs block, and the common pool may have one thread only. */
    private final ExecutorService threads = Executors.newFixedThreadPool(2);

    private FreshDatabase database;

    @BeforeEach
    void migrate() {
        database = FreshDatabase.migrated();
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        database.close();
    }

    /**
     * Both find the projection missing. The second comes to begin it when the first has begun and is writing; it must not
     * empty the table and take the checkpoint back.
     */
    @Test
    void twoNodesThatFindAProjectionMissingAtOnceBeginItOnce() throws Exception {
        FreshDatabase.fill(database.store(), ACME, 20, 3);
        Journal journal = new Journal("journal");
        CountDownLatch firstPrepares = new CountDownLatch(1);
        CountDownLatch secondWaits = new CountDownLatch(1);
        CountDownLatch oneWrites = new CountDownLatch(1);
        CountDownLatch secondIsThrough = new CountDownLatch(1);
        ProjectionEngine first = engine(new HookedProjector(
                journal,
                () -> {
                    firstPrepares.countDown();
                    pass(secondWaits);
                },
                (event, context) -> {
                    oneWrites.countDown();
                    pass(secondIsThrough);
                }));
        // Once it is begun either may take it up; if it is the second, the first finds nothing to do.
        ProjectionEngine second =
                engine(new HookedProjector(journal, () -> pass(oneWrites), (event, context) -> oneWrites.countDown()));

        CompletableFuture<Long> firstRun = CompletableFuture.supplyAsync(first::run, threads);
        pass(firstPrepares);
        CompletableFuture<Long> secondRun = CompletableFuture.supplyAsync(second::run, threads);
        await("the second waits for the first").until(() -> waiting("advisory") == 1);
        secondWaits.countDown();
        pass(oneWrites);
        await("the second is done, or waits for the row that the first has locked")
                .until(() -> secondRun.isDone() || waiting("transactionid") + waiting("tuple") > 0);
        secondIsThrough.countDown();
        firstRun.get(1, TimeUnit.MINUTES);
        secondRun.get(1, TimeUnit.MINUTES);
        second.run();

        journal.assertEqualsLog(database);
    }

    /** What another node has appended is found by polling. */
    @Test
    void aTenantWhosePreparationTakesLongHoldsUpNoPolling() {
        FreshDatabase.fill(database.store(), ACME, 1, 1);
        Journal journal = new Journal("journal");
        CountDownLatch nextPrepares = new CountDownLatch(1);
        CountDownLatch mayPrepare = new CountDownLatch(1);
        AtomicBoolean holdsUp = new AtomicBoolean();
        try (ProjectionEngine engine = engine(new HookedProjector(
                journal,
                () -> {
                    if (holdsUp.get()) {
                        nextPrepares.countDown();
                        pass(mayPrepare);
                    }
                },
                (event, context) -> {}))) {
            engine.run();
            engine.start();
            holdsUp.set(true);
            FreshDatabase.fill(database.store(), TenantId.of("umbrella"), 1, 1);
            pass(nextPrepares);

            FreshDatabase.fill(database.store(), ACME, 5, 1);
            await().until(() -> engine.status(ACME, "journal").get(0).lagInEvents() == 0);

            mayPrepare.countDown();
            await().until(() ->
                    !engine.status(TenantId.of("umbrella"), "journal").isEmpty());
        } finally {
            mayPrepare.countDown();
        }
    }

    /** The live build moves on between the last page of the new one and the switch, which applies what is missing then. */
    @Test
    void whatIsAppliedAtTheSwitchIsAReplayIfItWasRecordedBeforeTheBuildBegan() {
        FreshDatabase.fill(database.store(), ACME, 1, 1);
        FreshDatabase.fill(database.store(), ACME, 1, 1);
        FreshDatabase.fill(database.store(), ACME, 1, 1);
        ProjectionEngine hasTheLiveOne = engine(new NoteCounts("counts", 1));
        hasTheLiveOne.runOnce();
        Map<Long, Boolean> replay = new ConcurrentHashMap<>();
        ProjectionEngine builds =
                engine(new HookedProjector(new NoteCounts("counts", 1), () -> {}, (event, context) -> {
                    replay.put(event.position().value(), context.isReplay());
                    if (event.position().value() == 1) {
                        hasTheLiveOne.runOnce();
                    }
                }));

        builds.rebuild(ACME, "counts", RebuildOptions.defaults().withComparison());
        builds.runOnce();

        assertThat(builds.status(ACME, "counts").get(0).role()).isEqualTo(SlotRole.LIVE);
        assertThat(builds.status(ACME, "counts").get(0).slot()).isEqualTo("v1_b");
        assertThat(builds.status(ACME, "counts").get(0).checkpoint().value()).isEqualTo(2);
        assertThat(replay).isEqualTo(Map.of(1L, true, 2L, true));
    }

    @Test
    void whatIsAppliedAtTheSwitchIsAReplayIfTheLiveOneHasHandledIt() {
        FreshDatabase.fill(database.store(), ACME, 1, 1);
        ProjectionEngine hasTheLiveOne = engine(new NoteCounts("counts", 1));
        hasTheLiveOne.run();
        Map<Long, Boolean> replay = new ConcurrentHashMap<>();
        ProjectionEngine builds =
                engine(new HookedProjector(new NoteCounts("counts", 1), () -> {}, (event, context) -> {
                    replay.put(event.position().value(), context.isReplay());
                    if (event.position().value() == 1) {
                        FreshDatabase.fill(database.store(), ACME, 1, 1);
                        hasTheLiveOne.runOnce();
                    }
                }));

        builds.rebuild(ACME, "counts");
        builds.runOnce();

        assertThat(builds.status(ACME, "counts").get(0).slot()).isEqualTo("v1_b");
        assertThat(builds.status(ACME, "counts").get(0).checkpoint().value()).isEqualTo(2);
        assertThat(replay).isEqualTo(Map.of(1L, true, 2L, true));
    }

    private ProjectionEngine engine(Projector projector) {
        return ProjectionEngine.builder(database.store())
                .projector(projector)
                .batchSize(1)
                .pollInterval(Duration.ofMillis(20))
                .build();
    }

    /** Returns how many sessions of the database wait for a lock of this kind. */
    private int waiting(String kind) {
        return Integer.parseInt(database.query("SELECT count(*) FROM pg_stat_activity a"
                        + " WHERE a.datname = current_database() AND a.wait_event_type = 'Lock' AND a.wait_event = '"
                        + kind + "'")
                .get(0));
    }

    private static void pass(CountDownLatch latch) {
        try {
            assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
