package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

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
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
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

    static Stream<Arguments> faults() {
        String unique = "SQLSTATE 23505, table mails, constraint one_mail";
        return Stream.of(
                arguments("INSERT INTO mails (email) VALUES (?)", false, unique),
                arguments("INSERT INTO mails (email) VALUES (?)", true, unique),
                arguments("INSERT INTO mails (n) VALUES (?::integer)", false, "SQLSTATE 22P02"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void whatADatabaseQuotesIsNotKept(String sql, boolean inBatch, String fault) throws SQLException {
        for (boolean messages : new boolean[] {false, true}) {
            Mails mails = new Mails(sql, inBatch, messages);
            ProjectionFailure failure = failure(mails);

            assertThat(failure.error())
                    .startsWith("java.lang.IllegalStateException")
                    .contains("org.postgresql.util.PSQLException (" + fault)
                    .doesNotContain(ANN);
            assertThat(failure.stackTrace())
                    .contains("Mails.project", "Caused by: ", "(" + fault.substring(0, 14))
                    .doesNotContain(ANN);
        }
        assertThat(kept()).contains(fault).doesNotContain(ANN);
    }

    @Test
    void whatAProjectorSaysIsKeptIfTheHostWantsIt() throws SQLException {
        assertThat(failure(new Mails("", false, false)).error()).isEqualTo("java.lang.IllegalStateException");
        assertThat(kept()).doesNotContain(ANN).contains("Mails.project");

        ProjectionFailure failure = failure(new Mails("", false, true));
        assertThat(failure.error()).isEqualTo("java.lang.IllegalStateException: " + ANN);
        assertThat(failure.stackTrace()).contains("Mails.project").startsWith(failure.error());
    }

    /** Has a projector fail in an engine that stops and in one that parks, and returns why it stopped. */
    private ProjectionFailure failure(Mails mails) {
        PostgresEventStore store = PostgresEventStore.create(dataSource, EventTypes.of(Noted.class));
        for (String note : new String[] {"1", "2"}) {
            store.append(
                    ACME,
                    StreamAppend.of(StreamId.of("note", note), ExpectedVersion.any(), NewEvent.of(new Noted(ANN))));
        }
        try (ProjectionEngine engine = ProjectionEngine.builder(store)
                .projector(mails)
                .projector(new Parking(mails), ErrorPolicy.PARK_STREAM)
                .maxAttempts(1)
                .failureMessages(mails.messages())
                .build()) {
            engine.run();

            assertThat(engine.parked(ACME, "parking-" + mails.name())).isNotEmpty();
            return engine.status(ACME, mails.name()).get(0).failure().orElseThrow();
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

    /** Has every mail twice, or says it without a database. */
    private record Mails(String sql, boolean inBatch, boolean messages) implements Projector {

        @Override
        public String name() {
            return "mails-" + messages;
        }

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
            String email = ((Noted) event.payload()).email();
            if (sql.isEmpty()) {
                throw new IllegalStateException(email);
            }
            try (PreparedStatement insert = context.resource(Connection.class).prepareStatement(sql)) {
                for (int i = 0; i < 2; i++) {
                    insert.setString(1, email);
                    insert.addBatch();
                    if (!inBatch) {
                        insert.execute();
                    }
                }
                insert.executeBatch();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void reset(ProjectionContext context) {
            // The table is made by the test.
        }
    }

    /** The same by another name. */
    private record Parking(Mails mails) implements Projector {

        @Override
        public String name() {
            return "parking-" + mails.name();
        }

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
            mails.project(event, context);
        }

        @Override
        public void reset(ProjectionContext context) {}
    }
}
