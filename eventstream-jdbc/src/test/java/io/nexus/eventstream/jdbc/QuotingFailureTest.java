package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.localpostgres.LocalPostgres;
import io.nexus.eventstream.projection.ErrorPolicy;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.ProjectionFailure;
import io.nexus.eventstream.projection.Projector;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A database quotes in its messages what a row holds; none of it is kept in the tables of projections. */
class QuotingFailureTest {

    private static final TenantId ACME = TenantId.of("acme");
    private static final String ANN = "ann@example.org";

    private final PGSimpleDataSource dataSource = new PGSimpleDataSource();

    record Noted(String email) {}

    QuotingFailureTest() throws SQLException {
        dataSource.setUrl(LocalPostgres.server().newDatabase());
        SchemaMigrator.of(dataSource).migrate();
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE mails (email text CONSTRAINT one_mail UNIQUE, n integer)");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"INSERT INTO mails (email) VALUES (?)", "INSERT INTO mails (n) VALUES (?::integer)"})
    void whatADatabaseQuotesIsNotKept(String sql) throws SQLException {
        PostgresEventStore store = PostgresEventStore.create(dataSource, EventTypes.of(Noted.class));
        for (String note : new String[] {"1", "2"}) {
            store.append(
                    ACME,
                    StreamAppend.of(StreamId.of("note", note), ExpectedVersion.any(), NewEvent.of(new Noted(ANN))));
        }
        ProjectionEngine engine = ProjectionEngine.builder(store)
                .projector(new Mails(sql, "stopping"))
                .projector(new Mails(sql, "parking"), ErrorPolicy.PARK_STREAM)
                .maxAttempts(2)
                .backOff(Duration.ofMillis(1), Duration.ofMillis(2))
                .build();

        engine.run();

        ProjectionFailure failure =
                engine.status(ACME, "stopping").get(0).failure().orElseThrow();
        assertThat(failure.error())
                .startsWith("java.lang.IllegalStateException")
                .doesNotContain(ANN);
        assertThat(failure.stackTrace())
                .contains("Caused by: org.postgresql.util.PSQLException: SQLSTATE 2", "Mails.project")
                .doesNotContain(ANN);
        assertThat(engine.parked(ACME, "parking")).isNotEmpty();
        assertThat(kept()).isNotEmpty().doesNotContain(ANN);
        if (sql.contains("email")) {
            assertThat(failure.stackTrace()).contains("\"one_mail\"");
        }
    }

    /** Returns all that the engine has stored. */
    private String kept() throws SQLException {
        StringBuilder rows = new StringBuilder();
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        SELECT p::text FROM eventstream.projections p
                        UNION ALL
                        SELECT e::text FROM eventstream.parked_events e
                        """)) {
            while (row.next()) {
                rows.append(row.getString(1)).append('\n');
            }
        }
        return rows.toString();
    }

    /** Has every mail twice. */
    private record Mails(String sql, String name) implements Projector {

        @Override
        public int version() {
            return 1;
        }

        @Override
        public Set<String> eventTypes() {
            return Set.of();
        }

        @Override
        public void project(RecordedEvent event, ProjectionContext context) {
            try (PreparedStatement insert = context.resource(Connection.class).prepareStatement(sql)) {
                for (int i = 0; i < 2; i++) {
                    insert.setString(1, ((Noted) event.payload()).email());
                    insert.execute();
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void reset(ProjectionContext context) {
            // The table is made by the test.
        }
    }
}
