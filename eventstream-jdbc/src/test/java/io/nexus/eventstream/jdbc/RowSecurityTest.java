package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.OtherTenantException;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.Actor;
import io.nexus.eventstream.access.AuditEntry;
import io.nexus.eventstream.access.Operation;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.jdbc.schema.SchemaRoles;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.snapshot.Snapshot;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The second wall between tenants: a statement that forgets its tenant finds nothing, and no connection remembers one. */
class RowSecurityTest {

    private static final SchemaRoles ROLES = FreshDatabase.newRoles();
    private static final TenantId ACME = TenantId.of("acme");
    private static final TenantId GLOBEX = TenantId.of("globex");
    private static final StreamId STREAM = StreamId.of("note", "1");
    private static final String BOUND = "SELECT coalesce(current_setting('eventstream.tenant', true), '')";
    private static final String COUNT = "SELECT count(*) FROM eventstream.events";

    private static FreshDatabase database;
    private static HikariDataSource application;
    private static PostgresEventStore store;

    @BeforeAll
    static void fill() {
        database = FreshDatabase.owned(ROLES, migrator -> migrator.rowSecurity(true));
        application = database.poolOfMember(
                config -> {
                    config.setMaximumPoolSize(1);
                },
                ROLES.writer(),
                ROLES.engine());
        store = PostgresEventStore.create(application, FreshDatabase.TYPES);
        FreshDatabase.fill(store, ACME, 30, 3);
        FreshDatabase.fill(store, GLOBEX, 20, 2);
    }

    @AfterAll
    static void close() {
        application.close();
        database.close();
    }

    @Test
    void everyTableWithATenantHasTheWallAndNoOther() {
        assertThat(database.query("""
                        SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, count(p.oid)
                        FROM pg_class c
                        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
                        LEFT JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = 'tenant_wall'
                        WHERE c.relnamespace = 'eventstream'::regnamespace AND c.relkind IN ('r', 'p')
                        GROUP BY c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity
                        """)).hasSizeGreaterThanOrEqualTo(7).allMatch(line -> line.endsWith("|t|f|1"));
    }

    @Test
    void twoTenantsThatAlternateOnOneConnectionSeeTheirOwn() throws SQLException {
        for (int i = 0; i < 20; i++) {
            assertThat(store.read(ACME, EventQuery.log()).events()).hasSize(30);
            assertThat(store.read(GLOBEX, EventQuery.stream(STREAM)).events()).hasSize(10);
            assertThat(store.version(ACME, STREAM).value()).isEqualTo(10);
            assertThat(store.head(GLOBEX).orElseThrow().position().value()).isEqualTo(20);
        }
        try (Connection reused = application.getConnection()) {
            assertThat(FreshDatabase.query(reused, BOUND)).containsExactly("");
            assertThat(FreshDatabase.query(reused, COUNT))
                    .as("a statement that forgets its tenant")
                    .containsExactly("0");
        }
    }

    @Test
    void aStatementThatForgetsItsTenantSeesTheOneThatTheTransactionIsAbout() throws SQLException {
        long seen = store.projections().rolledBack(ACME, in -> {
            try {
                return Long.parseLong(FreshDatabase.query(in.resource(Connection.class), COUNT)
                        .get(0));
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });

        assertThat(seen).isEqualTo(30);
    }

    @Test
    void anotherTenantsRowCannotBeWritten() throws SQLException {
        try (Connection connection = application.getConnection()) {
            connection.setAutoCommit(false);
            FreshDatabase.query(connection, "SELECT eventstream.enter_tenant_v1('acme')");
            try (var statement = connection.createStatement()) {
                assertThatThrownBy(() -> statement.execute("""
                                INSERT INTO eventstream.snapshots
                                VALUES ('globex', 'note', '1', 'f', 1, 1, decode(repeat('00', 32), 'hex'), now(), now(), now(), '', '')
                                """))
                        .hasMessageContaining("violates row-level security policy");
            }
            connection.rollback();
        }
    }

    @Test
    void anAuditorSeesTheAuditOfTheTenantThatHeNamesAndWhatConcernsThemAll() throws SQLException {
        PostgresAuditSink sink = PostgresAuditSink.of(application);
        for (Optional<TenantId> tenant : List.of(Optional.of(ACME), Optional.of(GLOBEX), Optional.<TenantId>empty())) {
            sink.write(entry(tenant));
        }
        String seen = "SELECT DISTINCT tenant_id FROM eventstream.audit_log ORDER BY 1";

        try (HikariDataSource pool = database.poolOfMember(config -> {}, ROLES.auditor());
                Connection auditor = pool.getConnection()) {
            assertThat(FreshDatabase.query(auditor, seen)).containsExactly("");
            auditor.setAutoCommit(false);
            FreshDatabase.query(auditor, "SELECT eventstream.enter_tenant_v1('acme')");
            assertThat(FreshDatabase.query(auditor, seen)).containsExactly("", "acme");
            auditor.rollback();
            assertThat(FreshDatabase.query(auditor, seen)).containsExactly("");
        }
    }

    @Test
    void nothingIsLeftInATransactionOfTheCaller() throws SQLException {
        try (Connection host = application.getConnection()) {
            host.setAutoCommit(false);
            JoinedEventStore joined = store.joining(host);

            assertThat(joined.read(ACME, EventQuery.log()).events()).hasSize(30);
            assertThat(FreshDatabase.query(host, BOUND)).containsExactly("");
            assertThat(joined.read(GLOBEX, EventQuery.log()).events()).hasSize(20);
            joined.append(ACME, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "more"));
            assertThat(joined.version(ACME, STREAM).value()).isEqualTo(11);
            assertThat(FreshDatabase.query(host, BOUND)).containsExactly("");
            assertThat(FreshDatabase.query(host, COUNT)).containsExactly("0");
            host.rollback();
        }
    }

    @Test
    void nothingIsLeftAfterInlineProjectorsInATransactionOfTheCaller() throws SQLException {
        database.execute("GRANT CREATE ON SCHEMA public TO PUBLIC");
        TenantId tenant = TenantId.of("inline");
        PostgresEventStore projecting = PostgresEventStore.builder(
                        application, JsonEventSerializer.of(FreshDatabase.TYPES))
                .inline(new NoteCounts("inline_counts", 1))
                .build();
        projecting.append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "first"));
        try (Connection host = application.getConnection()) {
            host.setAutoCommit(false);

            projecting.joining(host).append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "second"));

            assertThat(FreshDatabase.query(host, BOUND)).containsExactly("");
            host.commit();
        }
        assertThat(store.projections().find(tenant, "inline_counts"))
                .singleElement()
                .satisfies(build ->
                        assertThat(build.checkpoint().position().value()).isEqualTo(2));
    }

    @Test
    void aHostThatHasBoundTheTransactionKeepsItsTenantAndMeetsNoOther() throws SQLException {
        try (Connection host = application.getConnection()) {
            host.setAutoCommit(false);
            FreshDatabase.query(host, "SELECT set_config('eventstream.tenant', 'acme', true)");
            JoinedEventStore joined = store.joining(host);

            assertThat(joined.read(ACME, EventQuery.log()).events()).hasSize(30);
            assertThat(FreshDatabase.query(host, BOUND)).containsExactly("acme");
            // Refusals that are outcomes leave the transaction usable.
            Instant past = Instant.parse("2020-01-01T00:00:00Z");
            assertThatExceptionOfType(OtherTenantException.class)
                    .isThrownBy(() -> joined.append(GLOBEX, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "x")))
                    .satisfies(refused -> assertThat(refused.tenant()).isEqualTo(GLOBEX));
            assertThatExceptionOfType(OtherTenantException.class).isThrownBy(() -> joined.lockLanes(ACME, GLOBEX));
            assertThatExceptionOfType(OtherTenantException.class).isThrownBy(() -> joined.positionAt(GLOBEX, past));
            joined.append(ACME, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "more"));
            assertThat(FreshDatabase.query(host, BOUND)).containsExactly("acme");
            // A read for another tenant is an error.
            assertThatExceptionOfType(OtherTenantException.class)
                    .isThrownBy(() -> joined.read(GLOBEX, EventQuery.log()))
                    .withStackTraceContaining("the session is bound to tenant acme, the call is for tenant globex");
            host.rollback();
        }
        assertThat(store.head(GLOBEX).orElseThrow().position().value()).isEqualTo(20);
    }

    @Test
    void aPoolOfSessionsThatAreBoundServesTheirTenantAlone() {
        try (HikariDataSource bound = database.poolOfMember(
                config -> config.setConnectionInitSql("SET eventstream.tenant = 'acme'"),
                ROLES.writer(),
                ROLES.engine())) {
            PostgresEventStore ofAcme = PostgresEventStore.create(bound, FreshDatabase.TYPES);
            Snapshot snapshot = new Snapshot(
                    GLOBEX,
                    STREAM,
                    store.version(GLOBEX, STREAM),
                    "f",
                    1,
                    store.head(GLOBEX).orElseThrow().hash(),
                    Instant.EPOCH,
                    Instant.EPOCH,
                    "{}",
                    "checksum",
                    Instant.EPOCH);

            assertThat(ofAcme.read(ACME, EventQuery.log()).events()).hasSize(30);
            for (Runnable call : List.<Runnable>of(
                    () -> ofAcme.append(GLOBEX, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "x")),
                    () -> ofAcme.ensureTenant(GLOBEX),
                    () -> ofAcme.read(GLOBEX, EventQuery.log()),
                    () -> ofAcme.read(
                            GLOBEX,
                            EventQuery.stream(STREAM)
                                    .after(store.head(GLOBEX).orElseThrow().position())),
                    () -> ofAcme.head(GLOBEX),
                    () -> ofAcme.version(GLOBEX, STREAM),
                    () -> ofAcme.positionAt(GLOBEX, Instant.EPOCH),
                    () -> ofAcme.snapshots().save(snapshot),
                    () -> ofAcme.snapshots().list(GLOBEX, STREAM),
                    () -> ofAcme.statistics().tenant(GLOBEX),
                    () -> ofAcme.statistics().stream(GLOBEX, STREAM),
                    () -> ofAcme.projections().names(GLOBEX),
                    () -> ofAcme.projections().transaction(GLOBEX, in -> true),
                    () -> ofAcme.projections().due(projectors(), "me", Optional.of(GLOBEX), 10))) {
                assertThatExceptionOfType(OtherTenantException.class).isThrownBy(call::run);
            }
        }
        assertThat(store.head(GLOBEX).orElseThrow().position().value()).isEqualTo(20);
    }

    @Test
    void theEngineHearsOfAllTenants() {
        assertThat(store.projections().heads())
                .extracting(head -> head.tenant())
                .contains(ACME, GLOBEX);
        assertThat(store.projections().due(projectors(), "me", Optional.empty(), 10))
                .extracting(due -> due.tenant())
                .contains(ACME, GLOBEX);
    }

    @Test
    void theChainOfATenantGoesOnForAMemberOfTheOwner() {
        // With FORCE and a function that runs as the owner, the owner sees no head and begins the chain again.
        TenantId tenant = TenantId.of("chained");
        try (HikariDataSource pool = database.poolOfMember(config -> {}, ROLES.owner())) {
            EventStore ofOwner = PostgresEventStore.create(pool, FreshDatabase.TYPES);
            ofOwner.append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.noStream(), "a"));
        }
        store.append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.exactly(1), "b"));

        assertThat(store.head(tenant).orElseThrow().position().value()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theStoreFindsOutByItselfWhatWasChosen(boolean rowSecurity) {
        try (FreshDatabase other = FreshDatabase.empty()) {
            SchemaMigrator.of(other.pool()).rowSecurity(rowSecurity).migrate();

            assertThat(ServerCheck.run(
                                    other.pool(),
                                    SchemaMigrator.of(other.pool()).schema(),
                                    true)
                            .hasRowSecurity())
                    .isEqualTo(rowSecurity);
            other.store().append(ACME, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a"));
            assertThat(other.store().read(ACME, EventQuery.log()).events()).hasSize(1);
        }
    }

    @Test
    void rowsAreNotFetchedAfterTheTenantWasLeft() throws SQLException {
        try (HikariDataSource fetching = database.poolOfMember(
                        config -> config.addDataSourceProperty("defaultRowFetchSize", "5"), ROLES.writer());
                Connection host = fetching.getConnection()) {
            host.setAutoCommit(false);

            assertThat(store.joining(host).read(ACME, EventQuery.log()).events())
                    .hasSizeGreaterThanOrEqualTo(30);
        }
    }

    private static AuditEntry entry(Optional<TenantId> tenant) {
        return new AuditEntry(
                UUID.randomUUID(),
                Instant.EPOCH,
                Actor.of("u-1", "clerk"),
                tenant,
                Operation.READ,
                "read",
                Set.of(),
                List.of(),
                Optional.empty(),
                AuditEntry.Outcome.DONE,
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static List<Projector> projectors() {
        return List.of(new NoteCounts("counts", 1));
    }
}
