package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.projection.ReadModelDifference;
import io.nexus.eventstream.projection.SlotRole;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Compares two builds of a read model row by row. Rows are compared as {@code jsonb}, in which numbers are equal whatever
 * their scale, and over the columns that both builds have.
 */
final class ReadModelComparison {

    /** The name as the projector writes it into its statements, without quotes, becomes the name as it stands in the catalog. */
    private static final String TABLE = """
            SELECT format('%I.%I', n.nspname, c.relname)
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.oid = pg_catalog.to_regclass(?)
            """;

    private static final String COLUMNS = """
            SELECT string_agg(quote_ident(one.attname), ', ' ORDER BY one.attnum)
            FROM pg_catalog.pg_attribute one
            JOIN pg_catalog.pg_attribute other ON other.attname = one.attname
            WHERE one.attrelid = pg_catalog.to_regclass(?)
              AND other.attrelid = pg_catalog.to_regclass(?)
              AND one.attnum > 0
              AND other.attnum > 0
              AND NOT one.attisdropped
              AND NOT other.attisdropped
            """;

    /** With {@code ALL}: a row that stands twice in one build and once in the other is a difference. */
    private static final String ONLY_IN_FIRST = """
            SELECT only_here.row_of_it::text
            FROM (
                SELECT to_jsonb(a) AS row_of_it
                FROM (SELECT ${columns} FROM ${first} WHERE tenant_id = ?) a
                EXCEPT ALL
                SELECT to_jsonb(b)
                FROM (SELECT ${columns} FROM ${second} WHERE tenant_id = ?) b
            ) only_here
            ORDER BY only_here.row_of_it
            LIMIT ?
            """;

    private final Connection connection;
    private final TenantId tenant;

    ReadModelComparison(Connection connection, TenantId tenant) {
        this.connection = connection;
        this.tenant = tenant;
    }

    List<ReadModelDifference> differences(Set<String> tables, String liveSlot, String otherSlot, int limit)
            throws SQLException {
        List<ReadModelDifference> differences = new ArrayList<>();
        for (String table : new TreeSet<>(tables)) {
            String live = table + "_" + liveSlot;
            String other = table + "_" + otherSlot;
            String liveTable = existing(live);
            String otherTable = existing(other);
            String columns = text(COLUMNS, live, other);
            if (columns == null) {
                throw new IllegalStateException("the tables %s and %s have no column in common".formatted(live, other));
            }
            for (String row : onlyIn(liveTable, otherTable, columns, limit - differences.size())) {
                differences.add(new ReadModelDifference(table, SlotRole.LIVE, row));
            }
            for (String row : onlyIn(otherTable, liveTable, columns, limit - differences.size())) {
                differences.add(new ReadModelDifference(table, SlotRole.BUILDING, row));
            }
        }
        return differences;
    }

    private String existing(String name) throws SQLException {
        String table = text(TABLE, name);
        if (table == null) {
            throw new IllegalStateException(
                    "there is no table %s to compare: the projector names it in tables() and must create it in prepare"
                            .formatted(name));
        }
        return table;
    }

    private List<String> onlyIn(String first, String second, String columns, int limit) throws SQLException {
        String sql = ONLY_IN_FIRST
                .replace("${columns}", columns)
                .replace("${first}", first)
                .replace("${second}", second);
        List<String> found = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            new Parameters(statement).add(tenant.value()).add(tenant.value()).add(limit);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
            }
        }
        return found;
    }

    private @Nullable String text(String sql, String... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            Parameters bound = new Parameters(statement);
            for (String parameter : parameters) {
                bound.add(parameter);
            }
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getString(1) : null;
            }
        }
    }
}
