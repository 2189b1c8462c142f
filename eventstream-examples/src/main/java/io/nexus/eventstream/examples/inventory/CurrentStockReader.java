package io.nexus.eventstream.examples.inventory;

import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.sql.DataSource;

/**
 * Reads the table that {@link CurrentStock} keeps. It asks the engine for the table's name each time, since a rebuild gives
 * it another one. Thread-safe.
 */
public final class CurrentStockReader {

    private static final String ALL = """
            SELECT sku, on_hand, reserved
            FROM %s
            WHERE tenant_id = ?
            """;

    private static final String WITH_AVAILABLE = """
            SELECT sku, on_hand, reserved
            FROM %s
            WHERE tenant_id = ?
              AND available >= ?
            """;

    private final ProjectionEngine engine;
    private final DataSource dataSource;

    /** Creates a reader for an engine in which {@link CurrentStock} is registered. */
    public CurrentStockReader(ProjectionEngine engine, DataSource dataSource) {
        this.engine = engine;
        this.dataSource = dataSource;
    }

    /**
     * Returns the stock of every SKU that ever moved, by SKU.
     *
     * @throws IllegalStateException if the tenant has no read model yet
     */
    public SortedMap<String, Stock> all(TenantId tenant) {
        return rows(tenant, ALL);
    }

    /**
     * Returns the SKUs of which at least this much can be promised, a question for a table and not for single streams.
     *
     * @throws IllegalStateException if the tenant has no read model yet
     */
    public SortedMap<String, Stock> withAvailable(TenantId tenant, BigDecimal atLeast) {
        return rows(tenant, WITH_AVAILABLE, atLeast);
    }

    /** Returns the name of the table that is read at the moment. */
    public String table(TenantId tenant) {
        return engine.table(tenant, CurrentStock.NAME, CurrentStock.TABLE);
    }

    private SortedMap<String, Stock> rows(TenantId tenant, String query, BigDecimal... quantities) {
        String sql = query.formatted(table(tenant));
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, tenant.value());
            for (int i = 0; i < quantities.length; i++) {
                statement.setBigDecimal(i + 2, quantities[i]);
            }
            SortedMap<String, Stock> found = new TreeMap<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.put(
                            rows.getString("sku"),
                            new Stock(rows.getBigDecimal("on_hand"), rows.getBigDecimal("reserved")));
                }
            }
            return found;
        } catch (SQLException e) {
            throw new IllegalStateException("the stock cannot be read", e);
        }
    }
}
