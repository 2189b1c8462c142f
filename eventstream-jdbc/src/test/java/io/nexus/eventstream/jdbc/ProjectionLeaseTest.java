package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.LaneHolder;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.projection.SlotRole;
import io.nexus.eventstream.spi.Checkpoint;
import io.nexus.eventstream.spi.ProjectionKey;
import io.nexus.eventstream.spi.ProjectionStorage;
import io.nexus.eventstream.spi.StoredProjection;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One worker has a projection at a time, and whoever lost it changes nothing any more. */
class ProjectionLeaseTest {

    private static final String COUNTS = "counts";
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Checkpoint ONE = new Checkpoint(Position.of(1), EventHash.NONE);

    private static FreshDatabase database;
    private static ProjectionStorage storage;
    private static ExecutorService threads;

    @BeforeAll
    static void migrate() {
        database = FreshDatabase.migrated();
        storage = database.store().projections();
        threads = Executors.newCachedThreadPool();
    }

    @AfterAll
    static void close() {
        threads.shutdownNow();
        database.close();
    }

    @Test
    void oneOfEightAdvancesAtOnceWins() throws Exception {
        StoredProjection begun = saved("race");
        StoredProjection held = storage.acquire(begun.key(), "me", MINUTE).orElseThrow();
        CyclicBarrier start = new CyclicBarrier(8);
        List<Future<OptionalLong>> racers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            racers.add(threads.submit(() -> {
                start.await();
                return storage.transaction(held.key().tenant(), in -> in.advance(held, ONE, 1, MINUTE));
            }));
        }

        int winners = 0;
        for (Future<OptionalLong> racer : racers) {
            winners += racer.get(1, TimeUnit.MINUTES).isPresent() ? 1 : 0;
        }

        assertThat(winners).isEqualTo(1);
        assertThat(find(begun).handled()).isEqualTo(1);
    }

    @Test
    void oneOfEightEnginesAcquires() throws Exception {
        StoredProjection begun = saved("eight engines");
        CyclicBarrier start = new CyclicBarrier(8);
        List<Future<Optional<StoredProjection>>> racers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String owner = "engine " + i;
            racers.add(threads.submit(() -> {
                start.await();
                return storage.acquire(begun.key(), owner, MINUTE);
            }));
        }

        List<StoredProjection> winners = new ArrayList<>();
        for (Future<Optional<StoredProjection>> racer : racers) {
            racer.get(1, TimeUnit.MINUTES).ifPresent(winners::add);
        }

        assertThat(winners).containsExactly(find(begun));
        assertThat(winners.get(0).leaseToken()).isEqualTo(1);
    }

    @Test
    void aWorkerThatSleptWhileAnotherTookOverCannotCommit() throws Exception {
        StoredProjection begun = saved("slept");
        TenantId tenant = begun.key().tenant();
        StoredProjection held = storage.acquire(begun.key(), "sleeper", MINUTE).orElseThrow();
        CountDownLatch asleep = new CountDownLatch(1);
        CountDownLatch awake = new CountDownLatch(1);
        Future<OptionalLong> sleeper = threads.submit(() -> storage.transaction(tenant, in -> {
            in.now();
            asleep.countDown();
            awaitLatch(awake);
            return in.advance(held, ONE, 1, MINUTE);
        }));
        awaitLatch(asleep);
        letLeaseRunOut(begun.key());

        StoredProjection taken = storage.acquire(begun.key(), "other", MINUTE).orElseThrow();
        awake.countDown();

        assertThat(sleeper.get(1, TimeUnit.MINUTES)).isEmpty();
        assertThat(find(begun)).isEqualTo(taken);
        assertThat(taken.leaseToken()).isEqualTo(2);
        assertThat(storage.<OptionalLong>transaction(tenant, in -> in.advance(taken, ONE, 1, MINUTE)))
                .hasValue(0);
    }

    @Test
    void aLeaseKeepsOthersOutUntilItRunsOutByTheDatabasesClock() {
        StoredProjection begun = saved("leased");
        ProjectionKey key = begun.key();
        StoredProjection mine = storage.acquire(key, "me", MINUTE).orElseThrow();

        assertThat(storage.acquire(key, "you", MINUTE)).isEmpty();
        assertThat(storage.acquire(key, "me", MINUTE).orElseThrow().leaseToken())
                .isEqualTo(mine.leaseToken() + 1);
        assertThat(mine.leaseUntil().orElseThrow())
                .isBetween(storage.now(), storage.now().plus(MINUTE));
        letLeaseRunOut(key);
        StoredProjection yours = storage.acquire(key, "you", MINUTE).orElseThrow();
        assertThat(yours.leaseOwner()).contains("you");
        assertThat(yours.leaseToken()).isEqualTo(3);
    }

    @Test
    void onlyTheHolderLetsGo() {
        StoredProjection begun = saved("released");
        StoredProjection mine = storage.acquire(begun.key(), "me", MINUTE).orElseThrow();

        storage.release(begun.key(), mine.leaseToken() - 1);
        assertThat(find(begun).leaseOwner()).contains("me");
        storage.release(begun.key(), mine.leaseToken());

        assertThat(find(begun).leaseOwner()).isEmpty();
        assertThat(storage.acquire(begun.key(), "you", MINUTE).orElseThrow().leaseToken())
                .isEqualTo(2);
    }

    @Test
    void aProjectionThatDoesNotRunIsNotAcquired() {
        StoredProjection begun = saved("not running");
        storage.transaction(begun.key().tenant(), in -> {
            in.save(begun.withState(ProjectionState.PAUSED, Optional.empty()));
            return true;
        });

        assertThat(storage.acquire(begun.key(), "me", MINUTE)).isEmpty();
        assertThat(storage.acquire(new ProjectionKey(begun.key().tenant(), "no such", "v1_a", 0), "me", MINUTE))
                .isEmpty();
    }

    @Test
    void aLockedProjectionIsPassedOverAndItsHolderAndBlockerAreNamed() throws Exception {
        StoredProjection begun = saved("blocked");
        ProjectionKey key = begun.key();
        database.execute(
                "CREATE TABLE public.contended (id int PRIMARY KEY)", "INSERT INTO public.contended VALUES (1)");
        try (Connection host = database.connect()) {
            host.setAutoCommit(false);
            FreshDatabase.query(host, "SELECT id FROM public.contended FOR UPDATE");
            int blocker = Integer.parseInt(
                    FreshDatabase.query(host, "SELECT pg_backend_pid()").get(0));
            Future<Integer> worker = threads.submit(() -> storage.transaction(key.tenant(), in -> {
                in.lock(COUNTS);
                return pidAfterWaiting(in.resource(Connection.class));
            }));

            await().until(() ->
                    storage.blockers(key).stream().anyMatch(each -> each.pid().equals(OptionalInt.of(blocker))));
            List<LaneHolder> blockers = storage.blockers(key);
            assertThat(storage.acquire(key, "me", MINUTE)).isEmpty();
            host.rollback();
            int pid = worker.get(1, TimeUnit.MINUTES);

            assertThat(blockers).extracting(each -> each.pid().orElse(0)).containsExactlyInAnyOrder(pid, blocker);
            assertThat(blockers)
                    .filteredOn(each -> each.pid().orElse(0) == blocker)
                    .singleElement()
                    .satisfies(each -> assertThat(each.state()).isEqualTo("idle in transaction"));
        }
        assertThat(storage.blockers(key)).isEmpty();
    }

    @Test
    void aPreparedTransactionThatHoldsAProjectionIsNamed() throws Exception {
        StoredProjection begun = saved("prepared");
        try (Connection host = database.connect()) {
            host.setAutoCommit(false);
            FreshDatabase.query(
                    host, "SELECT slot FROM eventstream.projections WHERE tenant_id = 'prepared' FOR UPDATE");
            host.createStatement().execute("PREPARE TRANSACTION 'year-end'");
            host.commit();
            try {
                assertThat(storage.blockers(begun.key())).singleElement().satisfies(each -> {
                    assertThat(each.pid()).isEmpty();
                    assertThat(each.name()).isEqualTo("year-end");
                });
            } finally {
                database.execute("ROLLBACK PREPARED 'year-end'");
            }
        }
    }

    @Test
    void tablesOfOneProjectorArePreparedByOneAtATime() throws Exception {
        TenantId tenant = TenantId.of("prepares");
        CountDownLatch holding = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        Future<Boolean> first = threads.submit(() -> storage.transaction(tenant, in -> {
            in.lockPreparation(COUNTS);
            holding.countDown();
            awaitLatch(done);
            return true;
        }));
        awaitLatch(holding);
        Future<Boolean> second = threads.submit(() -> storage.transaction(TenantId.of("other"), in -> {
            in.lockPreparation(COUNTS);
            return done.getCount() == 0;
        }));

        await().until(() -> database.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
                        .size()
                == 1);
        done.countDown();

        assertThat(first.get(1, TimeUnit.MINUTES)).isTrue();
        assertThat(second.get(1, TimeUnit.MINUTES)).isTrue();
    }

    @Test
    void advancesAreChangedInTheirPage() {
        StoredProjection begun = saved("hot");

        // A session of its own, since the numbers hold what the session has not reported yet.
        List<String> updates;
        try (HikariDataSource pool = database.poolWith(config -> config.setMaximumPoolSize(1))) {
            ProjectionStorage own =
                    PostgresEventStore.create(pool, FreshDatabase.TYPES).projections();
            updates = own.transaction(begun.key().tenant(), in -> {
                StoredProjection held = begun;
                for (int i = 1; i <= 5; i++) {
                    Checkpoint to = new Checkpoint(Position.of(i), EventHash.NONE);
                    assertThat(in.advance(held, to, 1, Duration.ZERO)).hasValue(0);
                    held = held.withCheckpoint(to, i, 0);
                }
                return changesOf(in.resource(Connection.class));
            });
        }

        assertThat(updates).containsExactly("5|5");
    }

    private static List<String> changesOf(Connection connection) {
        try {
            return FreshDatabase.query(
                    connection,
                    "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_all_tables WHERE relid = 'eventstream.projections'::regclass");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int pidAfterWaiting(Connection connection) {
        try {
            FreshDatabase.query(connection, "SELECT id FROM public.contended FOR UPDATE");
            return Integer.parseInt(
                    FreshDatabase.query(connection, "SELECT pg_backend_pid()").get(0));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void letLeaseRunOut(ProjectionKey key) {
        database.execute(
                "UPDATE eventstream.projections SET lease_until = eventstream.clock() - interval '1 second' WHERE tenant_id = '%s'"
                        .formatted(key.tenant().value()));
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static StoredProjection find(StoredProjection projection) {
        return storage.find(projection.key().tenant(), COUNTS).get(0);
    }

    private static StoredProjection saved(String tenant) {
        StoredProjection begun = StoredProjection.begin(
                new ProjectionKey(TenantId.of(tenant), COUNTS, "v1_a", 0), 1, SlotRole.LIVE, Position.START);
        storage.transaction(begun.key().tenant(), in -> {
            in.save(begun);
            return true;
        });
        return begun;
    }
}
