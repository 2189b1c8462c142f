package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.jdbc.FreshDatabase.Noted;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.Projector;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Set;

/**
 * A read model with one row a tenant: how many notes there are. A note {@code "fail"} is more than it can bear, and one
 * {@code "kill"} ends its own session.
 */
record NoteCounts(String name, int version) implements Projector {

    static final String TABLE = "public.note_counts";

    @Override
    public Set<String> eventTypes() {
        return Set.of();
    }

    @Override
    public void prepare(ProjectionContext context) {
        String sql = "CREATE TABLE IF NOT EXISTS %s (tenant_id text PRIMARY KEY, notes bigint NOT NULL, share numeric)"
                .formatted(context.table(TABLE));
        try (PreparedStatement statement = context.resource(Connection.class).prepareStatement(sql)) {
            statement.execute();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void project(RecordedEvent event, ProjectionContext context) {
        String text = event.payload() instanceof Noted noted ? noted.text() : "";
        if (text.equals("fail")) {
            throw new IllegalStateException("a note that cannot be counted");
        }
        execute(
                context,
                text.equals("kill")
                        ? "SELECT pg_terminate_backend(pg_backend_pid()) WHERE ? <> ''"
                        : "INSERT INTO %1$s AS c (tenant_id, notes) VALUES (?, 1) ON CONFLICT (tenant_id) DO UPDATE SET notes = c.notes + 1"
                                .formatted(context.table(TABLE)));
    }

    @Override
    public void reset(ProjectionContext context) {
        execute(context, "DELETE FROM %s WHERE tenant_id = ?".formatted(context.table(TABLE)));
    }

    @Override
    public Set<String> tables() {
        return Set.of(TABLE);
    }

    private static void execute(ProjectionContext context, String sql) {
        try (PreparedStatement statement = context.resource(Connection.class).prepareStatement(sql)) {
            statement.setString(1, context.tenant().value());
            statement.execute();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
