package io.nexus.eventstream.privacy;

import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.SubjectErased;
import io.nexus.eventstream.privacy.CustomerEvent.Renamed;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.Projector;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Set;

/** A read model that holds personal data. */
record CustomerNames(String name) implements Projector {

    @Override
    public int version() {
        return 1;
    }

    @Override
    public Set<String> eventTypes() {
        return Set.of("renamed");
    }

    @Override
    public void project(RecordedEvent event, ProjectionContext context) {
        Renamed renamed = (Renamed) event.payload();
        execute(
                context,
                "INSERT INTO %s VALUES (?, ?, ?)",
                context.tenant().value(),
                renamed.customerId(),
                renamed.name());
    }

    @Override
    public void onErasure(SubjectErased erased, ProjectionContext context) {
        execute(
                context,
                "DELETE FROM %s WHERE tenant_id = ? AND customer = ?",
                context.tenant().value(),
                erased.subject());
    }

    @Override
    public void prepare(ProjectionContext context) {
        execute(context, "CREATE TABLE IF NOT EXISTS %s (tenant_id text, customer text, name text)");
    }

    @Override
    public void reset(ProjectionContext context) {
        execute(context, "DELETE FROM %s WHERE tenant_id = ?", context.tenant().value());
    }

    private void execute(ProjectionContext context, String sql, String... values) {
        try (PreparedStatement statement =
                context.resource(Connection.class).prepareStatement(sql.formatted(context.table(name + "_names")))) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            statement.execute();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
