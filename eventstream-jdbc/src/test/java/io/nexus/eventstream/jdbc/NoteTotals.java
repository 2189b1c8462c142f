package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.jdbc.FreshDatabase.Noted;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.Projector;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;

/** A read model with one row a stream, which depends on the order of the stream's events; streams are independent. */
record NoteTotals() implements Projector {

    static final String TABLE = "public.note_totals";

    /** The same from the log by SQL: how many notes, how many letters, the last position, and all texts in their order. */
    static final String ORACLE = """
            SELECT
                tenant_id,
                stream_id,
                count(*),
                sum(length(payload ->> 'text')),
                max(position),
                string_agg(payload ->> 'text', ',' ORDER BY position)
            FROM eventstream.events
            GROUP BY 1, 2
            ORDER BY 1, 2
            """;

    static String rowsOf(String table) {
        return "SELECT tenant_id, stream_id, notes, letters, last_position, texts FROM %s ORDER BY 1, 2"
                .formatted(table);
    }

    @Override
    public String name() {
        return "totals";
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
    public boolean isPartitionable() {
        return true;
    }

    @Override
    public Set<String> tables() {
        return Set.of(TABLE);
    }

    @Override
    public void prepare(ProjectionContext context) {
        try (Statement statement = context.resource(Connection.class).createStatement()) {
            statement.execute("""
                    CREATE TABLE IF NOT EXISTS %s (
                        tenant_id text COLLATE "C",
                        stream_id text COLLATE "C",
                        notes bigint NOT NULL,
                        letters bigint NOT NULL,
                        last_position bigint NOT NULL,
                        texts text NOT NULL,
                        PRIMARY KEY (tenant_id, stream_id)
                    )
                    """.formatted(context.table(TABLE)));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void project(RecordedEvent event, ProjectionContext context) {
        String text = event.payload() instanceof Noted noted ? noted.text() : "";
        try (PreparedStatement statement =
                context.resource(Connection.class).prepareStatement("""
                        INSERT INTO %s AS t VALUES (?, ?, 1, ?, ?, ?)
                        ON CONFLICT (tenant_id, stream_id) DO UPDATE
                        SET
                            notes = t.notes + 1,
                            letters = t.letters + excluded.letters,
                            last_position = excluded.last_position,
                            texts = t.texts || ',' || excluded.texts
                        """.formatted(context.table(TABLE)))) {
            statement.setString(1, context.tenant().value());
            statement.setString(2, event.stream().aggregateId().value());
            statement.setLong(3, text.length());
            statement.setLong(4, event.position().value());
            statement.setString(5, text);
            statement.execute();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void reset(ProjectionContext context) {
        try (PreparedStatement statement = context.resource(Connection.class)
                .prepareStatement("DELETE FROM %s WHERE tenant_id = ?".formatted(context.table(TABLE)))) {
            statement.setString(1, context.tenant().value());
            statement.execute();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
