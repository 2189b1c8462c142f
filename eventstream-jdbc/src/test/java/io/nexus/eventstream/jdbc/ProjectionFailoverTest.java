package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two nodes, one of which stands still for longer than its lease. */
class ProjectionFailoverTest {

    private static final TenantId ACME = TenantId.of("acme");
    private static final Duration LEASE = Duration.ofMillis(200);

    private FreshDatabase database;
    private PostgresEventStore store;

    @BeforeEach
    void fill() {
        database = FreshDatabase.migrated();
        store = database.store();
        FreshDatabase.fill(store, ACME, 30, 3);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void aNodeFrozenBetweenViewAndCommitKeepsTheProjectionAndCommitsOnce() {
        Journal journal = new Journal("journal");
        Gate gate = new Gate(15);
        try (ProjectionEngine a = engine(store, new Journal("journal", gate::pass), "a");
                ProjectionEngine b = engine(database.store(), journal, "b")) {
            a.start();
            gate.awaitReached();
            awaitLeaseIsOver();

            assertThat(b.runOnce()).isZero();
            assertThat(database.query("SELECT lease_owner, checkpoint FROM eventstream.projections"))
                    .containsExactly("a|0");
            assertThat(b.status(ACME, "journal").get(0).blockers()).hasSize(1);

            gate.open();
            await().until(() -> journal.isAtRest(database));
            journal.assertEqualsLog(database);

            b.start();
            FreshDatabase.fill(store, ACME, 50, 3);
            await().until(() -> journal.isAtRest(database));
            journal.assertEqualsLog(database);
        } finally {
            gate.open();
        }
    }

    @Test
    void aNodeFrozenBetweenViewAndCommitWhoseConnectionIsGoneHasWrittenNothing() {
        Journal journal = new Journal("journal");
        Gate gate = new Gate(15);
        try (ProjectionEngine a = engine(store, new Journal("journal", gate::pass), "a");
                ProjectionEngine b = engine(database.store(), journal, "b")) {
            a.start();
            gate.awaitReached();
            awaitLeaseIsOver();

            database.query("""
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND state = 'idle in transaction'
                    """);
            await().until(() -> b.run() == 30);
            journal.assertEqualsLog(database);

            gate.open();
            stop(a);
            journal.assertEqualsLog(database);
        } finally {
            gate.open();
        }
    }

    @Test
    void aNodeFrozenBeforeItMovesTheCheckpointIsOvertakenAndWritesNothing() {
        Journal journal = new Journal("journal");
        Gate gate = new Gate(15);
        AtomicInteger writtenByA = new AtomicInteger();
        try (ProjectionEngine a =
                        engine(gate.reading(database), new Journal("journal", event -> count(writtenByA, event)), "a");
                ProjectionEngine b = longLease(store, journal)) {
            a.start();
            gate.awaitReached();
            awaitLeaseIsOver();

            assertThat(b.run()).isEqualTo(30);
            journal.assertEqualsLog(database);

            gate.open();
            stop(a);
            assertThat(writtenByA).hasValue(0);
            assertThat(database.query("SELECT lease_owner, handled FROM eventstream.projections"))
                    .containsExactly("b|30");
            journal.assertEqualsLog(database);
        } finally {
            gate.open();
        }
    }

    @Test
    void aNodeThatWasOvertakenWritesNothingEvenWhileTheCheckpointStandsWhereItWas() {
        Journal journal = new Journal("journal");
        Gate gateOfA = new Gate(15);
        Gate gateOfB = new Gate(15);
        AtomicInteger writtenByA = new AtomicInteger();
        try (ProjectionEngine a = engine(
                        gateOfA.reading(database), new Journal("journal", event -> count(writtenByA, event)), "a");
                ProjectionEngine b = longLease(gateOfB.reading(database), journal)) {
            a.start();
            gateOfA.awaitReached();
            awaitLeaseIsOver();
            b.start();
            gateOfB.awaitReached();
            assertThat(database.query("SELECT lease_owner, checkpoint FROM eventstream.projections"))
                    .containsExactly("b|0");

            gateOfA.open();
            stop(a);
            assertThat(writtenByA).hasValue(0);
            assertThat(database.query("SELECT lease_owner, checkpoint FROM eventstream.projections"))
                    .containsExactly("b|0");

            gateOfB.open();
            await().until(() -> journal.isAtRest(database));
            journal.assertEqualsLog(database);
        } finally {
            gateOfA.open();
            gateOfB.open();
        }
    }

    @Test
    void aRunThatMustWaitForAnotherNodeDoesNotAskWithoutPause() throws Exception {
        Gate gate = new Gate(15);
        AtomicInteger borrowed = new AtomicInteger();
        try (ProjectionEngine a = engine(store, new Journal("journal", gate::pass), "a");
                HikariDataSource counting = new HikariDataSource() {
                    @Override
                    public Connection getConnection() throws SQLException {
                        borrowed.incrementAndGet();
                        return super.getConnection();
                    }
                }) {
            counting.setJdbcUrl(database.url());
            ProjectionEngine b = ProjectionEngine.builder(PostgresEventStore.create(counting, FreshDatabase.TYPES))
                    .projector(new Journal("journal"))
                    .pollInterval(Duration.ofMinutes(1))
                    .build();
            a.start();
            gate.awaitReached();
            awaitLeaseIsOver();
            borrowed.set(0);

            Thread running = new Thread(b::run, "running");
            running.start();
            await().until(() -> borrowed.get() > 0);
            for (int i = 0; i < 200; i++) {
                database.query("SELECT 1");
            }

            assertThat(borrowed.get()).isLessThan(10);
            running.interrupt();
            running.join(60_000);
            assertThat(running.isAlive()).isFalse();
            gate.open();
        } finally {
            gate.open();
        }
    }

    @Test
    void aNodeThatIsClosedLetsAnotherGoOnAtOnce() {
        Journal journal = new Journal("journal");
        try (ProjectionEngine a = longLease(store, journal);
                ProjectionEngine b = engine(database.store(), journal, "other")) {
            assertThat(a.run()).isEqualTo(30);
            FreshDatabase.fill(store, ACME, 10, 3);
            assertThat(b.run()).isZero();

            stop(a);

            assertThat(b.run()).isEqualTo(10);
            journal.assertEqualsLog(database);
        }
    }

    private static void stop(ProjectionEngine engine) {
        engine.close();
    }

    private static void count(AtomicInteger counter, RecordedEvent event) {
        assertThat(event.tenant()).isEqualTo(ACME);
        counter.incrementAndGet();
    }

    private void awaitLeaseIsOver() {
        await().until(() -> database.query("SELECT lease_until < eventstream.clock() FROM eventstream.projections")
                .equals(List.of("t")));
    }

    private static ProjectionEngine engine(PostgresEventStore store, Journal journal, String owner) {
        return ProjectionEngine.builder(store)
                .projector(journal)
                .owner(owner)
                .lease(LEASE)
                .pollInterval(Duration.ofMillis(20))
                .build();
    }

    private static ProjectionEngine longLease(PostgresEventStore store, Journal journal) {
        return ProjectionEngine.builder(store)
                .projector(journal)
                .owner("b")
                .lease(Duration.ofMinutes(10))
                .pollInterval(Duration.ofMillis(20))
                .build();
    }
}
