package io.nexus.eventstream.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.Projector;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;

/** A read model with a row for each time that an event was applied; no key hides a second time. */
final class Journal implements Projector {

    static final String NAME = "journal";

    @Override
    public String name() {
        return NAME;
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
    public void prepare(ProjectionContext context) {
        execute(
                context,
                "CREATE TABLE IF NOT EXISTS %s (tenant_id text, position bigint, event_id uuid)"
                        .formatted(context.table("public.journal")));
    }

    @Override
    public void project(RecordedEvent event, ProjectionContext context) {
        try (PreparedStatement insert = context.resource(Connection.class)
                .prepareStatement("INSERT INTO %s (tenant_id, position, event_id) VALUES (?, ?, ?)"
                        .formatted(context.table("public.journal")))) {
            insert.setString(1, context.tenant().value());
            insert.setLong(2, event.position().value());
            insert.setObject(3, event.id().value());
            insert.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void reset(ProjectionContext context) {
        execute(
                context,
                "DELETE FROM %s WHERE tenant_id = '%s'"
                        .formatted(
                                context.table("public.journal"),
                                context.tenant().value()));
    }

    private static void execute(ProjectionContext context, String sql) {
        try (Statement statement = context.resource(Connection.class).createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns an engine that keeps the journal, with a lease that others need not wait for long. */
    static ProjectionEngine engine(PostgresEventStore store, String owner) {
        return ProjectionEngine.builder(store)
                .projector(new Journal())
                .owner(owner)
                .lease(Duration.ofSeconds(2))
                .pollInterval(Duration.ofMillis(50))
                .build();
    }

    /** Begins the inline projection of empty logs. */
    static void begin(DataSource dataSource) {
        PostgresEventStore store = PostgresEventStore.builder(dataSource, JsonEventSerializer.of(Load.TYPES))
                .inline(new Journal())
                .build();
        try (ProjectionEngine engine = ProjectionEngine.builder(store).build()) {
            engine.run();
        }
    }

    /** Waits until the journal stands where the logs end. */
    static void awaitEnd(Server server) {
        await().until(() -> server.query("""
                        SELECT t.tenant_id
                        FROM eventstream.tenants t
                        CROSS JOIN LATERAL (
                            SELECT e.position FROM eventstream.events e
                            WHERE e.tenant_id = t.tenant_id ORDER BY e.position DESC LIMIT 1
                        ) h
                        LEFT JOIN eventstream.projections p ON p.tenant_id = t.tenant_id AND p.projection = 'journal'
                        WHERE p.checkpoint IS DISTINCT FROM h.position
                        """).isEmpty());
    }

    /** Asserts that each event of the log was applied once, in every tenant; returns how many that are. */
    static long assertEqualsLog(Server server, String slot) {
        String rows = "SELECT concat_ws('|', tenant_id, position, event_id) FROM public.journal_" + slot;
        String log = "SELECT concat_ws('|', tenant_id, position, event_id) FROM eventstream.events";
        assertThat(server.query(rows + " EXCEPT ALL " + log))
                .as("in the journal and not in the log")
                .isEmpty();
        assertThat(server.query(log + " EXCEPT ALL " + rows))
                .as("in the log and not in the journal")
                .isEmpty();
        List<String> number = server.query("SELECT count(*) FROM eventstream.events");
        return Long.parseLong(number.get(0));
    }
}
