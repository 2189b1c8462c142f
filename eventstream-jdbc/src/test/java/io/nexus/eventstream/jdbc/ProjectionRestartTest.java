package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.CommitOutcomeUnknownException;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.localpostgres.LocalPostgres;
import io.nexus.eventstream.localpostgres.RestartableServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An engine whose connections break, and whose database is gone for a while. */
class ProjectionRestartTest {

    private static final List<TenantId> TENANTS =
            IntStream.range(0, 4).mapToObj(i -> TenantId.of("tenant-" + i)).toList();
    private static final String TERMINATE_ENGINE = """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'engine'
            """;

    private final Journal first = new Journal("first");
    private final Journal second = new Journal("second");
    private FreshDatabase database;
    private HikariDataSource enginePool;

    @BeforeEach
    void migrate() {
        database = FreshDatabase.migrated();
        enginePool = database.poolWith(config -> config.addDataSourceProperty("ApplicationName", "engine"));
    }

    @AfterEach
    void close() {
        enginePool.close();
        database.close();
    }

    @Test
    void nothingIsLostOrDoubledWhileTheConnectionsOfTheEngineAreBrokenAgainAndAgain() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(TENANTS.size());
        AtomicBoolean enough = new AtomicBoolean();
        try (ProjectionEngine engine = engine()) {
            engine.start();
            List<Future<Integer>> writers = new ArrayList<>();
            for (TenantId tenant : TENANTS) {
                PostgresEventStore store = database.store();
                writers.add(threads.submit(() -> {
                    int appends = 0;
                    for (; !enough.get(); appends++) {
                        store.append(
                                tenant, FreshDatabase.notes(StreamId.of("note", "1"), ExpectedVersion.any(), "a", "b"));
                    }
                    return appends;
                }));
            }

            for (int round = 0; round < 30; round++) {
                int wanted = 200 * (round + 1);
                await().until(() -> events() >= wanted);
                await().until(() -> !database.query(TERMINATE_ENGINE).isEmpty());
            }
            enough.set(true);
            for (Future<Integer> writer : writers) {
                assertThat(writer.get(1, TimeUnit.MINUTES)).isPositive();
            }

            assertComplete();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void anEngineGoesOnByItselfWhenTheDatabaseIsBackAfterAnOutage() throws SQLException {
        PostgresEventStore store = database.store();
        try (ProjectionEngine engine = engine()) {
            engine.start();
            TENANTS.forEach(tenant -> FreshDatabase.fill(store, tenant, 300, 3));
            await().until(() -> first.isAtRest(database) && second.isAtRest(database));

            try (Connection admin =
                            DriverManager.getConnection(LocalPostgres.server().adminUrl());
                    Statement statement = admin.createStatement();
                    Connection kept = database.connect()) {
                String name = kept.getCatalog();
                statement.execute("ALTER DATABASE " + name + " WITH ALLOW_CONNECTIONS false");
                await("no connection that was being opened meanwhile is left").until(() -> {
                    FreshDatabase.query(kept, TERMINATE_ENGINE);
                    return isAway(engine);
                });
                kept.setAutoCommit(false);
                for (TenantId tenant : TENANTS) {
                    store.joining(kept)
                            .append(
                                    tenant,
                                    FreshDatabase.notes(StreamId.of("note", "1"), ExpectedVersion.any(), "a", "b"));
                    kept.commit();
                }
                assertThat(isAway(engine)).isTrue();
                statement.execute("ALTER DATABASE " + name + " WITH ALLOW_CONNECTIONS true");
            }

            assertComplete();
            assertThat(events()).isEqualTo(TENANTS.size() * 302L);
        }
    }

    /** The server itself is stopped, twice while appends and the engine are at work, and started again. */
    @Test
    void nothingIsLostOrDoubledWhenTheServerIsRestarted() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(TENANTS.size());
        AtomicBoolean enough = new AtomicBoolean();
        try (RestartableServer server = RestartableServer.start();
                FreshDatabase own = FreshDatabase.migrated(server.url());
                HikariDataSource pool = own.poolWith(config -> {});
                ProjectionEngine engine = engine(pool)) {
            PostgresEventStore store = PostgresEventStore.create(pool, FreshDatabase.TYPES);
            engine.start();
            List<Future<Long>> writers = new ArrayList<>();
            for (TenantId tenant : TENANTS) {
                writers.add(threads.submit(() -> appendUntil(enough, store, tenant)));
            }

            for (int round = 1; round <= 2; round++) {
                awaitEvents(own, writers, eventsOf(own) + 200);
                server.stop();
                assertThatThrownBy(() -> engine.status(TENANTS.get(0))).isInstanceOf(StorageException.class);
                server.startAgain();
            }
            awaitEvents(own, writers, eventsOf(own) + 200);
            enough.set(true);
            long acknowledged = 0;
            for (Future<Long> writer : writers) {
                acknowledged += writer.get(1, TimeUnit.MINUTES);
            }

            assertComplete(own);
            assertThat(eventsOf(own)).isEqualTo(acknowledged);
        } finally {
            threads.shutdownNow();
        }
    }

    private static void awaitEvents(FreshDatabase database, List<Future<Long>> writers, long wanted) {
        await().until(() -> {
            for (Future<Long> writer : writers) {
                if (writer.isDone()) {
                    // A writer ends before it is told to only by what it throws.
                    writer.get();
                }
            }
            return eventsOf(database) >= wanted;
        });
    }

    /** Appends again and again, each time until it is acknowledged; returns how many events were. */
    private static long appendUntil(AtomicBoolean enough, PostgresEventStore store, TenantId tenant) {
        long acknowledged = 0;
        while (!enough.get()) {
            StreamAppend append = FreshDatabase.notes(StreamId.of("note", "1"), ExpectedVersion.any(), "a", "b");
            await().ignoreExceptionsMatching(
                            e -> e instanceof StorageException || e instanceof CommitOutcomeUnknownException)
                    .until(() -> store.append(tenant, append) != null);
            acknowledged += 2;
        }
        return acknowledged;
    }

    private ProjectionEngine engine() {
        return engine(enginePool);
    }

    private static boolean isAway(ProjectionEngine engine) {
        try {
            engine.status(TENANTS.get(0));
            return false;
        } catch (StorageException e) {
            return true;
        }
    }

    private ProjectionEngine engine(HikariDataSource pool) {
        PostgresEventStore store = PostgresEventStore.create(pool, FreshDatabase.TYPES);
        // Now that there is a store: a second is enough to know that the database is away.
        pool.setConnectionTimeout(1_000);
        return ProjectionEngine.builder(store)
                .projector(first)
                .projector(second)
                .batchSize(20)
                .backOff(Duration.ofMillis(5), Duration.ofMillis(50))
                .pollInterval(Duration.ofMillis(20))
                .build();
    }

    private long events() {
        return eventsOf(database);
    }

    private static long eventsOf(FreshDatabase database) {
        return Long.parseLong(
                database.query("SELECT count(*) FROM eventstream.events").get(0));
    }

    private void assertComplete() {
        assertComplete(database);
    }

    private void assertComplete(FreshDatabase database) {
        await().until(() -> first.isAtRest(database) && second.isAtRest(database));
        first.assertEqualsLog(database);
        second.assertEqualsLog(database);
    }
}
