package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.AccessDeniedException;
import io.nexus.eventstream.access.Actor;
import io.nexus.eventstream.access.AuditFailedException;
import io.nexus.eventstream.core.EventStreamConfig;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.core.access.AccessGuard;
import io.nexus.eventstream.core.access.RolePolicy;
import io.nexus.eventstream.jdbc.FreshDatabase.Noted;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The audit in PostgreSQL: what stands in it, that it stays, and that nothing happens without it. */
class PostgresAuditSinkTest {

    private static final StreamId NOTE = StreamId.of("note", "1");
    private static final StreamId OTHER = StreamId.of("note", "2");

    private static FreshDatabase database;

    private final RolePolicy policy = RolePolicy.builder()
            .role("clerk", "append:note", "read_payload:note")
            .build();
    private TenantId tenant = TenantId.of("acme");
    private EventStore store;

    @BeforeAll
    static void open() {
        database = FreshDatabase.migrated();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @BeforeEach
    void aTenantOfItsOwn() {
        tenant = TenantId.of("tenant-" + System.nanoTime());
        store = guard(database.pool()).store(database.store());
    }

    private AccessGuard guard(DataSource auditPool) {
        return AccessGuard.builder(() -> Actor.of("u-17", "clerk", "night"))
                .policy(policy)
                .audit(PostgresAuditSink.of(auditPool))
                .build();
    }

    private static StreamAppend note(String text) {
        return FreshDatabase.notes(NOTE, ExpectedVersion.any(), text);
    }

    private List<String> audit(String columns) {
        return database.query(
                "SELECT %s FROM eventstream.audit_log WHERE tenant_id = '%s' ORDER BY written_at, call_id, outcome"
                        .formatted(columns, tenant));
    }

    @Test
    void everyCallLeavesItsEntries() {
        store.appendAll(tenant, List.of(note("a"), FreshDatabase.notes(OTHER, ExpectedVersion.noStream(), "b", "c")));
        store.read(tenant, EventQuery.log().ofCategories("note"));
        assertThatThrownBy(() -> store.head(tenant)).isInstanceOf(AccessDeniedException.class);

        assertThat(
                        audit(
                                "outcome, operation, call, actor, roles, categories, stream_ids, events, first_position, last_position"))
                .containsExactly(
                        "BEGUN|APPEND|appendAll|u-17|{clerk,night}|{note,note}|{1,2}|0|null|null",
                        "DONE|APPEND|appendAll|u-17|{clerk,night}|{note,note}|{1,2}|3|1|3",
                        "DONE|READ_PAYLOAD|read|u-17|{clerk,night}|{note}|{}|3|1|3",
                        "DENIED|READ|head|u-17|{clerk,night}|{}|{}|0|null|null");
        assertThat(Set.copyOf(audit("call_id"))).hasSize(3);
        assertThat(database.query(
                        "SELECT count(*) FROM eventstream.audit_log a JOIN eventstream.events e USING (tenant_id, event_id) WHERE a.tenant_id = '%s'"
                                .formatted(tenant)))
                .containsExactly("2");
        assertThat(audit("detail")).last().asString().contains("read for every category");
    }

    @Test
    void whatWasTriedInATransactionThatIsRolledBackStays() throws SQLException {
        store.append(tenant, note("a"));
        PostgresEventStore plain = database.store();
        AccessGuard guard = guard(database.pool());
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            EventStore joined = guard.store(plain.joining(connection));
            joined.append(tenant, note("b"));
            assertThatThrownBy(() -> joined.version(tenant, StreamId.of("secret", "1")))
                    .isInstanceOf(AccessDeniedException.class);
            connection.rollback();
        }

        assertThat(plain.head(tenant).orElseThrow().position().value()).isEqualTo(1);
        assertThat(audit("outcome")).containsExactly("BEGUN", "DONE", "BEGUN", "DONE", "DENIED");
    }

    @Test
    void entriesAreNeverChangedOrRemoved() throws SQLException {
        store.append(tenant, note("a"));

        for (String change : List.of(
                "UPDATE eventstream.audit_log SET actor = 'somebody else'",
                "DELETE FROM eventstream.audit_log",
                "TRUNCATE eventstream.audit_log")) {
            try (Connection connection = database.connect();
                    Statement statement = connection.createStatement()) {
                assertThatThrownBy(() -> statement.execute(change))
                        .as(change)
                        .isInstanceOf(SQLException.class)
                        .hasMessageContaining("is refused: the audit is never changed");
            }
        }
        assertThat(audit("actor")).containsOnly("u-17").hasSize(2);
    }

    @Test
    void nothingHappensWhereTheAuditIsNotTaken() {
        try (HikariDataSource poor = database.poolOfPoorRole()) {
            EventStore unaudited = guard(poor).store(database.store());
            store.append(tenant, note("a"));

            assertThatThrownBy(() -> unaudited.append(tenant, note("b")))
                    .isInstanceOf(AuditFailedException.class)
                    .hasCauseInstanceOf(StorageException.class);
            assertThatThrownBy(() -> unaudited.read(tenant, EventQuery.stream(NOTE)))
                    .isInstanceOf(AuditFailedException.class);

            assertThat(database.store().head(tenant).orElseThrow().position().value())
                    .isEqualTo(1);
        }
    }

    @Test
    void nothingThatAnEventSaysIsInTheAudit() {
        store.append(tenant, note("s3cr3t"));
        store.read(tenant, EventQuery.stream(NOTE));
        assertThatThrownBy(() -> store.append(tenant, FreshDatabase.notes(NOTE, ExpectedVersion.noStream(), "s3cr3t")))
                .isInstanceOf(RuntimeException.class);

        assertThat(audit("outcome")).isNotEmpty();
        assertThat(database.query("SELECT a::text FROM eventstream.audit_log a"))
                .noneMatch(row -> row.contains("s3cr3t"));
    }

    @Test
    void onlyTheAuditsOwnTransactionForgoesTheDisk() {
        AccessGuard hasty = AccessGuard.builder(() -> Actor.of("u-17", "clerk"))
                .audit(PostgresAuditSink.of(database.pool()).synchronousCommit(false))
                .build();

        hasty.store(database.store()).append(tenant, note("a"));

        assertThat(audit("outcome")).containsExactly("BEGUN", "DONE");
        try (Connection connection = database.pool().getConnection()) {
            assertThat(FreshDatabase.query(connection, "SHOW synchronous_commit"))
                    .containsExactly("on");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void keysAloneGuardAndAudit() {
        Properties properties = new Properties();
        properties.setProperty("eventstream.access.roles.clerk", "append:note, read:note");
        properties.setProperty("eventstream.audit.sinks", "log, database");
        EventStreamManager notes = EventStreamManager.builder(EventStreamConfig.fromProperties(properties))
                .types(FreshDatabase.TYPES)
                .resource(DataSource.class, database.pool())
                .tenant(tenant)
                .actors(() -> Actor.of("u-18", "clerk"))
                .build();

        notes.append(NOTE, ExpectedVersion.noStream(), new Noted("a"));
        assertThatThrownBy(() -> notes.head()).isInstanceOf(AccessDeniedException.class);

        assertThat(audit("outcome, actor")).containsExactly("BEGUN|u-18", "DONE|u-18", "DENIED|u-18");
    }
}
