package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.jdbc.schema.SchemaRoles;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whoever works with the log day by day cannot change it: the database refuses, whatever statement is sent. Behind the
 * privileges stand triggers, which refuse the owner too.
 */
class ImmutabilityTest {

    private static final SchemaRoles ROLES = FreshDatabase.newRoles();

    /** The one SQLSTATE that counts as a refusal: insufficient privilege. */
    private static final String NO_PRIVILEGE = "42501";

    private static FreshDatabase database;

    @BeforeAll
    static void fill() {
        database = FreshDatabase.owned(ROLES, migrator -> migrator.partitions(2));
        try (HikariDataSource pool = database.poolOfMember(config -> {}, ROLES.writer())) {
            PostgresEventStore store = PostgresEventStore.create(pool, FreshDatabase.TYPES);
            for (int tenant = 0; tenant < 8; tenant++) {
                store.append(
                        TenantId.of("tenant-" + tenant),
                        FreshDatabase.notes(StreamId.of("note", "1"), ExpectedVersion.any(), "a"));
            }
        }
        assertThat(database.query("SELECT count(DISTINCT tableoid) FROM eventstream.events"))
                .as("both partitions hold events")
                .containsExactly("2");
    }

    @AfterAll
    static void close() {
        database.close();
    }

    static Stream<String> daily() {
        return Stream.of(ROLES.writer(), ROLES.engine(), ROLES.reader(), ROLES.auditor(), ROLES.maintenance());
    }

    @ParameterizedTest
    @MethodSource("daily")
    void aMemberOfNoDailyRoleCanChangeAnEventOrTheTable(String role) throws SQLException {
        List<String> before = events();
        try (HikariDataSource pool = database.poolOfMember(config -> {}, role);
                Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            for (String attempt : attempts()) {
                assertThatThrownBy(() -> statement.execute(attempt))
                        .as(attempt)
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState())
                                        .as(attempt + ": " + e.getMessage())
                                        .isEqualTo(NO_PRIVILEGE));
            }
            grantsNothing(statement);
        }
        assertThat(events()).isEqualTo(before);
        SchemaMigrator.of(database.pool()).roles(ROLES).validate();
    }

    /** Whoever has any right, as maintenance has since PostgreSQL 17, is only warned that he grants nothing. */
    private static void grantsNothing(Statement statement) {
        try {
            statement.execute("GRANT UPDATE ON eventstream.events TO PUBLIC");
        } catch (SQLException e) {
            assertThat(e.getSQLState()).isEqualTo(NO_PRIVILEGE);
        }
    }

    private static List<String> attempts() {
        List<String> attempts = new ArrayList<>();
        for (String table : List.of("eventstream.events", "eventstream.events_0", "eventstream.events_1")) {
            for (String attempt : List.of(
                    "UPDATE %s SET version = version + 1",
                    "UPDATE %s SET payload = '{}' WHERE tenant_id = 'tenant-1'",
                    "DELETE FROM %s",
                    "TRUNCATE %s",
                    "DROP TABLE %s",
                    "ALTER TABLE %s DROP COLUMN hash",
                    "ALTER TABLE %s DISABLE TRIGGER ALL",
                    "ALTER TABLE %s DISABLE TRIGGER events_append_only",
                    "ALTER TABLE %s DISABLE ROW LEVEL SECURITY",
                    "ALTER TABLE %s OWNER TO CURRENT_USER",
                    "CREATE TRIGGER mine BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION eventstream.refuse_change()",
                    "CREATE POLICY mine ON %s USING (true)",
                    "CREATE RULE mine AS ON INSERT TO %s DO INSTEAD NOTHING",
                    "CREATE INDEX ON %s (version)",
                    "INSERT INTO %s SELECT * FROM eventstream.events",
                    "COPY %s FROM STDIN")) {
                attempts.add(attempt.formatted(table));
            }
        }
        attempts.addAll(List.of(
                "ALTER TABLE eventstream.events DETACH PARTITION eventstream.events_0",
                "SELECT * FROM eventstream.events FOR UPDATE",
                "SET session_replication_role = replica",
                "SET ROLE " + ROLES.owner(),
                "SET SESSION AUTHORIZATION " + ROLES.owner(),
                "ALTER SCHEMA eventstream RENAME TO mine",
                "DROP SCHEMA eventstream CASCADE",
                "CREATE TABLE eventstream.mine (id bigint)",
                "CREATE FUNCTION eventstream.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "CREATE OR REPLACE FUNCTION eventstream.clock() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'",
                "ALTER FUNCTION eventstream.clock() RESET ALL",
                "DROP FUNCTION eventstream.refuse_change()",
                "UPDATE eventstream.tenants SET created_at = now()",
                "DELETE FROM eventstream.tenants",
                "UPDATE eventstream.schema_history SET checksum = 1",
                "DELETE FROM eventstream.streams",
                "DELETE FROM eventstream.statistics"));
        return attempts;
    }

    @Test
    void theOwnersRowsAreKeptByTriggersAlsoInASessionThatPlaysAReplica() throws SQLException {
        List<String> before = events();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET session_replication_role = replica");
            statement.execute("SET ROLE " + ROLES.owner());
            for (String table : List.of("events", "events_0", "events_1")) {
                for (String change : List.of(
                        "UPDATE eventstream.%s SET version = version + 1",
                        "DELETE FROM eventstream.%s", "TRUNCATE eventstream.%s")) {
                    assertThatThrownBy(() -> statement.execute(change.formatted(table)))
                            .as(change.formatted(table))
                            .isInstanceOf(SQLException.class)
                            .hasMessageContaining("is refused: events are never changed or removed");
                }
            }
        }
        assertThat(events()).isEqualTo(before);
    }

    @Test
    void onlyWhoWritesCanAppend() throws SQLException {
        for (String role : List.of(ROLES.engine(), ROLES.reader(), ROLES.auditor(), ROLES.maintenance())) {
            try (HikariDataSource pool = database.poolOfMember(config -> {}, role)) {
                PostgresEventStore store = PostgresEventStore.create(pool, FreshDatabase.TYPES);

                assertThatThrownBy(() -> store.append(
                                TenantId.of("tenant-1"),
                                FreshDatabase.notes(StreamId.of("note", "1"), ExpectedVersion.any(), "b")))
                        .as(role)
                        .hasMessageContaining("permission denied for function append_one_v1");
            }
        }
    }

    private static List<String> events() {
        return database.query(
                "SELECT tenant_id, position, version, payload, hash FROM eventstream.events ORDER BY tenant_id, position");
    }
}
