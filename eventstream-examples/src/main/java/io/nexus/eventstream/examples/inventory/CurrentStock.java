package io.nexus.eventstream.examples.inventory;

import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.Projector;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps the stock of every SKU in a table, for lists and searches. What may be sold is still decided on the events, by {@link
 * Warehouse}: a read model is a moment behind.
 *
 * <p>{@link CurrentStockReader} reads the table.
 */
public final class CurrentStock implements Projector {

    /** The name of the projection. */
    public static final String NAME = "current-stock";

    /** The table without its slot; with its schema, so that it does not depend on a connection's {@code search_path}. */
    public static final String TABLE = "public.current_stock";

    private static final String CREATE = """
            CREATE TABLE IF NOT EXISTS %s (
                tenant_id text    NOT NULL,
                sku       text    NOT NULL,
                on_hand   numeric NOT NULL,
                reserved  numeric NOT NULL,
                available numeric NOT NULL GENERATED ALWAYS AS (on_hand - reserved) STORED,
                PRIMARY KEY (tenant_id, sku)
            )
            """;

    private static final String ADD = """
            INSERT INTO %s AS s (tenant_id, sku, on_hand, reserved)
            VALUES (?, ?, ?, ?)
            ON CONFLICT (tenant_id, sku) DO UPDATE SET
                on_hand = s.on_hand + EXCLUDED.on_hand,
                reserved = s.reserved + EXCLUDED.reserved
            """;

    private static final Set<String> EVENT_TYPES =
            EventTypes.of(StockEvent.class).names();

    /** Creates the projector. It keeps no state, one is enough for all tenants. */
    public CurrentStock() {}

    @Override
    public String name() {
        return NAME;
    }

    /** Returns the version; to be raised when the table's columns or what they mean change. */
    @Override
    public int version() {
        return 1;
    }

    @Override
    public Set<String> eventTypes() {
        return EVENT_TYPES;
    }

    @Override
    public Set<String> tables() {
        return Set.of(TABLE);
    }

    /** An SKU is a stream and a row. */
    @Override
    public boolean isPartitionable() {
        return true;
    }

    @Override
    public void prepare(ProjectionContext context) {
        try (Statement statement = context.resource(Connection.class).createStatement()) {
            statement.execute(CREATE.formatted(context.table(TABLE)));
        } catch (SQLException e) {
            throw new IllegalStateException("the table %s cannot be created".formatted(context.table(TABLE)), e);
        }
    }

    @Override
    public void reset(ProjectionContext context) {
        String sql = "DELETE FROM %s WHERE tenant_id = ?".formatted(context.table(TABLE));
        try (PreparedStatement statement = context.resource(Connection.class).prepareStatement(sql)) {
            statement.setString(1, context.tenant().value());
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException("the table %s cannot be emptied".formatted(context.table(TABLE)), e);
        }
    }

    @Override
    public void project(RecordedEvent event, ProjectionContext context) {
        projectAll(List.of(event), context);
    }

    @Override
    public void projectAll(List<RecordedEvent> events, ProjectionContext context) {
        Map<String, Stock> changes = new LinkedHashMap<>();
        for (RecordedEvent event : events) {
            String sku = event.stream().aggregateId().value();
            // Every movement adds or takes away, so movements applied to an empty shelf are the change of a full one.
            Stock change = changes.getOrDefault(sku, Stock.NONE);
            changes.put(sku, ((StockEvent) event.payload()).applyTo(change));
        }
        String sql = ADD.formatted(context.table(TABLE));
        try (PreparedStatement statement = context.resource(Connection.class).prepareStatement(sql)) {
            for (Map.Entry<String, Stock> each : changes.entrySet()) {
                statement.setString(1, context.tenant().value());
                statement.setString(2, each.getKey());
                statement.setBigDecimal(3, each.getValue().onHand());
                statement.setBigDecimal(4, each.getValue().reserved());
                statement.addBatch();
            }
            statement.executeBatch();
        } catch (SQLException e) {
            throw new IllegalStateException("the table %s cannot be written".formatted(context.table(TABLE)), e);
        }
    }
}
