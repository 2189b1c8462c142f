package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LaneBusyException;
import io.nexus.eventstream.LaneHolder;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LaneTest {

    private static final StreamId STREAM = StreamId.of("note", "1");

    private static FreshDatabase database;

    @BeforeAll
    static void migrate() {
        database = FreshDatabase.migrated();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @Test
    void aBusyLaneNamesTheProcessThatHoldsIt() throws SQLException {
        TenantId tenant = TenantId.of("held");
        PostgresEventStore store = impatientStore();
        store.ensureTenant(tenant);
        try (Connection host = database.connect()) {
            host.setAutoCommit(false);
            store.joining(host).append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a"));
            String pid = FreshDatabase.query(host, "SELECT pg_backend_pid()").get(0);

            LaneBusyException busy = catchThrowableOfType(
                    LaneBusyException.class,
                    () -> store.append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "b")));

            assertThat(busy.tenant()).isEqualTo(tenant);
            assertThat(busy.waited()).isGreaterThanOrEqualTo(Duration.ofMillis(100));
            LaneHolder holder = busy.holders().get(0);
            assertThat(busy.holders()).hasSize(1);
            assertThat(holder.pid()).hasValue(Integer.parseInt(pid));
            assertThat(holder.state()).isEqualTo("idle in transaction");
            assertThat(holder.query()).contains("pg_backend_pid");
            assertThat(holder.age()).isBetween(Duration.ofMillis(100), Duration.ofMinutes(1));
            assertThat(busy).hasMessageContaining("process " + pid).hasMessageContaining("try again");
        }
    }

    @Test
    void aHolderThatTheOwnerOfTheSchemaMayNotLookAtIsStillNamed() throws SQLException {
        TenantId tenant = TenantId.of("held");
        try (FreshDatabase other = FreshDatabase.empty();
                HikariDataSource owner = other.poolOfPoorRole();
                HikariDataSource application = other.poolOfPoorRole()) {
            String database = other.query("SELECT current_database()").get(0);
            other.execute("GRANT CREATE ON DATABASE %s TO %s".formatted(database, FreshDatabase.userOf(owner)));
            SchemaMigrator.of(owner).migrate();
            String role = FreshDatabase.userOf(application);
            other.execute(
                    "GRANT USAGE ON SCHEMA eventstream TO " + role,
                    "GRANT SELECT ON ALL TABLES IN SCHEMA eventstream TO " + role,
                    "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA eventstream TO " + role);
            PostgresEventStore store = PostgresEventStore.builder(
                            application, JsonEventSerializer.of(FreshDatabase.TYPES))
                    .laneTimeout(Duration.ofMillis(100))
                    .build();
            store.ensureTenant(tenant);
            try (Connection host = application.getConnection()) {
                host.setAutoCommit(false);
                store.joining(host).append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a"));
                String pid =
                        FreshDatabase.query(host, "SELECT pg_backend_pid()").get(0);

                LaneBusyException busy = catchThrowableOfType(
                        LaneBusyException.class,
                        () -> store.append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "b")));

                assertThat(busy.holders())
                        .extracting(LaneHolder::pid)
                        .containsExactly(OptionalInt.of(Integer.parseInt(pid)));
                assertThat(busy)
                        .hasMessageEndingWith(
                                "process %s (PostgreSQL JDBC Driver), unknown for 0 s, last statement: hidden from the schema's owner, as are state and age: GRANT pg_read_all_stats to the owner]"
                                        .formatted(pid));
            }
        }
    }

    @Test
    void aReaderThatGivesUpWaitingForTheTableSaysThatItWasNoLane() throws SQLException {
        TenantId tenant = TenantId.of("schema is being changed");
        try (Connection ddl = database.connect();
                HikariDataSource pool =
                        database.poolWith(config -> config.setConnectionInitSql("SET lock_timeout = '100ms'"))) {
            PostgresEventStore store = PostgresEventStore.create(pool, FreshDatabase.TYPES);
            ddl.setAutoCommit(false);
            try (Statement lock = ddl.createStatement()) {
                lock.execute("LOCK TABLE eventstream.events IN ACCESS EXCLUSIVE MODE");
            }

            assertThatThrownBy(() -> store.head(tenant))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("SQLSTATE 55P03")
                    .hasMessageEndingWith("somebody may be changing the schema");
        }
    }

    @Test
    void aHolderInsideASavepointIsNamedToo() throws SQLException {
        TenantId tenant = TenantId.of("held in a savepoint");
        PostgresEventStore store = impatientStore();
        store.ensureTenant(tenant);
        try (Connection host = database.connect()) {
            host.setAutoCommit(false);
            Savepoint savepoint = host.setSavepoint();
            store.joining(host).append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a"));
            host.releaseSavepoint(savepoint);

            LaneBusyException busy = catchThrowableOfType(
                    LaneBusyException.class,
                    () -> store.append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "b")));

            assertThat(busy.holders()).hasSize(1);
        }
    }

    @Test
    void aPreparedTransactionIsNamedByItsIdentifier() throws SQLException {
        TenantId tenant = TenantId.of("prepared");
        PostgresEventStore store = impatientStore();
        store.ensureTenant(tenant);
        try (Connection host = database.connect()) {
            host.setAutoCommit(false);
            store.joining(host).append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a"));
            host.createStatement().execute("PREPARE TRANSACTION 'month-end-17'");
            host.commit();
            try {
                LaneBusyException busy = catchThrowableOfType(
                        LaneBusyException.class,
                        () -> store.append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "b")));

                assertThat(busy.holders()).singleElement().satisfies(holder -> {
                    assertThat(holder.pid()).isEmpty();
                    assertThat(holder.name()).isEqualTo("month-end-17");
                    assertThat(holder.state()).isEqualTo("prepared");
                });
                assertThat(busy).hasMessageContaining("prepared transaction month-end-17");
            } finally {
                database.execute("COMMIT PREPARED 'month-end-17'");
            }
            assertThat(store.version(tenant, STREAM).value()).isEqualTo(1);
        }
    }

    @Test
    void rollingBackToASavepointGivesTheLaneBack() throws SQLException {
        TenantId tenant = TenantId.of("savepoint");
        TenantId other = TenantId.of("savepoint, other");
        PostgresEventStore store = impatientStore();
        store.ensureTenant(tenant);
        store.ensureTenant(other);
        try (Connection host = database.connect()) {
            host.setAutoCommit(false);
            Savepoint savepoint = host.setSavepoint();
            store.joining(host).append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a"));
            host.rollback(savepoint);

            store.append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.noStream(), "b"));
            store.joining(host).append(other, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "c"));
            host.commit();

            assertThat(store.version(tenant, STREAM).value()).isEqualTo(1);
            assertThat(store.version(other, STREAM).value()).isEqualTo(1);
        }
    }

    @Test
    void aConflictFoundUnderTheLaneKeepsItUntilTheTransactionEnds() throws SQLException {
        TenantId tenant = TenantId.of("conflict keeps");
        PostgresEventStore store = impatientStore();
        store.ensureTenant(tenant);
        try (Connection host = database.connect()) {
            host.setAutoCommit(false);
            assertThat(catchThrowableOfType(
                            ConcurrencyException.class,
                            () -> store.joining(host)
                                    .append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.exactly(9), "a"))))
                    .isNotNull();
            assertThat(catchThrowableOfType(
                            LaneBusyException.class,
                            () -> store.append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "b"))))
                    .isNotNull();

            host.rollback();
            store.append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.noStream(), "b"));
        }
    }

    @Test
    void theLockRowIsNeverUpdated() throws SQLException {
        TenantId tenant = TenantId.of("no bloat");
        PostgresEventStore store = database.store();
        store.ensureTenant(tenant);
        try (Connection snapshot = database.connect()) {
            snapshot.setAutoCommit(false);
            snapshot.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            FreshDatabase.query(snapshot, "SELECT count(*) FROM eventstream.events");
            for (int i = 0; i < 2_000; i++) {
                store.append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a"));
            }
            // The table's pages tell it exactly; the statistics come late.
            List<String> rows =
                    database.query("SELECT count(*), max(ctid) FROM eventstream.tenants WHERE tenant_id = 'no bloat'");

            assertThat(database.query("SELECT pg_relation_size('eventstream.tenants') / 8192"))
                    .containsExactly("1");
            assertThat(rows).hasSize(1);
            assertThat(database.query("SELECT n_tup_upd FROM pg_stat_user_tables WHERE relname = 'tenants'"))
                    .containsExactly("0");
        }
    }

    private static PostgresEventStore impatientStore() {
        return PostgresEventStore.builder(database.pool(), JsonEventSerializer.of(FreshDatabase.TYPES))
                .laneTimeout(Duration.ofMillis(150))
                .build();
    }
}
