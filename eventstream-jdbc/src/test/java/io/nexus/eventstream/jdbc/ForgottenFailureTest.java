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
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.projection.ProjectionStatus;
import io.nexus.eventstream.projection.Projector;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** A projector whose statement failed and who goes on as if nothing had happened is stopped, and not waited for. */
class ForgottenFailureTest {

    record Noted(String text) {}

    @Test
    void aProjectorThatForgetsAFailedStatementIsStoppedWithAReason() {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(LocalPostgres.server().newDatabase());
        SchemaMigrator.of(dataSource).migrate();
        PostgresEventStore store = PostgresEventStore.create(dataSource, EventTypes.of(Noted.class));
        TenantId acme = TenantId.of("acme");
        store.append(
                acme, StreamAppend.of(StreamId.of("note", "1"), ExpectedVersion.any(), NewEvent.of(new Noted("x"))));
        ProjectionEngine engine = ProjectionEngine.builder(store)
                .projector(new Forgetful())
                .maxAttempts(2)
                .backOff(Duration.ofMillis(1), Duration.ofMillis(2))
                .build();

        engine.run();

        List<ProjectionStatus> status = engine.status(acme, "forgetful");
        assertThat(status).extracting(ProjectionStatus::state).containsExactly(ProjectionState.FAILED);
        assertThat(status.get(0).checkpoint().value()).isZero();
        assertThat(status.get(0).failure().orElseThrow().error()).contains("its exception was caught and forgotten");
    }

    private static final class Forgetful implements Projector {

        @Override
        public String name() {
            return "forgetful";
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
            try (Statement statement = context.resource(Connection.class).createStatement()) {
                statement.execute("SELECT 1 / 0");
            } catch (SQLException forgotten) {
                assertThat(forgotten.getSQLState()).isEqualTo("22012");
            }
        }

        @Override
        public void reset(ProjectionContext context) {
            // It has no table.
        }
    }
}
