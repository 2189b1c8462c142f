package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.Projector;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A read model with one row for each time an event was applied. It has no key that would refuse a second time and so hide
 * it. {@code seq} says in which order rows were written, over all tenants.
 *
 * @param afterWrite is given each event after its row was written, before the commit
 */
record Journal(String name, Consumer<RecordedEvent> afterWrite) implements Projector {

    Journal(String name) {
        this(name, event -> {});
    }

    String table() {
        return "public." + name;
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
        try (Statement statement = context.resource(Connection.class).createStatement()) {
            statement.execute("""
                    CREATE TABLE IF NOT EXISTS %s (
                        tenant_id text COLLATE "C" NOT NULL,
                        position bigint NOT NULL,
                        event_id text NOT NULL,
                        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY
                    )
                    """.formatted(context.table(table())));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void project(RecordedEvent event, ProjectionContext context) {
        projectAll(List.of(event), context);
    }

    @Override
    public void projectAll(List<RecordedEvent> events, ProjectionContext context) {
        try (PreparedStatement statement = context.resource(Connection.class)
                .prepareStatement(
                        "INSERT INTO %s (tenant_id, position, event_id) SELECT ?, * FROM unnest(?::bigint[], ?::text[])"
                                .formatted(context.table(table())))) {
            statement.setString(1, context.tenant().value());
            Connection connection = statement.getConnection();
            statement.setArray(
                    2,
                    connection.createArrayOf(
                            "bigint",
                            events.stream()
                                    .map(event -> event.position().value())
                                    .toArray()));
            statement.setArray(
                    3,
                    connection.createArrayOf(
                            "text",
                            events.stream()
                                    .map(event -> event.id().value().toString())
                                    .toArray()));
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        events.forEach(afterWrite);
    }

    @Override
    public void reset(ProjectionContext context) {
        try (PreparedStatement statement = context.resource(Connection.class)
                .prepareStatement("DELETE FROM %s WHERE tenant_id = ?".formatted(context.table(table())))) {
            statement.setString(1, context.tenant().value());
            statement.execute();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Asserts that the read model has exactly the events of the log, each once, of all tenants. */
    void assertEqualsLog(FreshDatabase database) {
        assertEqualsLog(database, "v1_a");
    }

    void assertEqualsLog(FreshDatabase database, String slot) {
        String rows = "SELECT tenant_id, position, event_id FROM %s_%s".formatted(table(), slot);
        String log = "SELECT tenant_id, position, event_id::text FROM eventstream.events";
        assertThat(database.query(rows + " EXCEPT ALL " + log + " ORDER BY 1, 2"))
                .as("what %s has more than the log", name)
                .isEmpty();
        assertThat(database.query(log + " EXCEPT ALL " + rows + " ORDER BY 1, 2"))
                .as("what the log has more than %s", name)
                .isEmpty();
        assertThat(database.query("""
                        SELECT p.state, p.checkpoint = h.position AND p.checkpoint_hash = h.hash, p.handled = h.position
                        FROM eventstream.projections p
                        CROSS JOIN LATERAL (
                            SELECT e.position, e.hash FROM eventstream.events e
                            WHERE e.tenant_id = p.tenant_id ORDER BY e.position DESC LIMIT 1
                        ) h
                        WHERE p.projection = '%s' AND p.role <> 'previous'
                        GROUP BY 1, 2, 3
                        """.formatted(name)))
                .as("state, checkpoint and count of %s", name)
                .containsExactly("running|t|t");
    }

    /** Returns whether every tenant with events has a checkpoint at the end of its log, or the projection has stopped. */
    boolean isAtRest(FreshDatabase database) {
        return database.query("""
                        SELECT t.tenant_id
                        FROM eventstream.tenants t
                        CROSS JOIN LATERAL (
                            SELECT e.position FROM eventstream.events e
                            WHERE e.tenant_id = t.tenant_id ORDER BY e.position DESC LIMIT 1
                        ) h
                        LEFT JOIN eventstream.projections p
                            ON p.tenant_id = t.tenant_id AND p.projection = '%s' AND p.role = 'live'
                        WHERE p.state IS DISTINCT FROM 'failed'
                          AND p.checkpoint IS DISTINCT FROM h.position
                        """.formatted(name)).isEmpty();
    }
}
