package io.nexus.eventstream.benchmarks;

import io.nexus.eventstream.benchmarks.BenchmarkDatabase.AccountDebited;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * The read model of {@link AccountBalances} by a plain loop on one connection: read a page, decode it, write it and move the
 * checkpoint, commit. It reads the three columns that it needs, has no lease, checks nothing and stops at the first empty
 * page.
 */
final class RawProjection {

    static final String TABLE = "raw.account_balance";

    private static final String READ = """
            SELECT
                e.position,
                e.stream_id,
                e.payload
            FROM eventstream.events e
            WHERE e.tenant_id = ?
              AND e.event_type = ?
              AND e.position > ?
            ORDER BY e.position
            LIMIT ?
            """;

    private static final String ADVANCE = "UPDATE raw.checkpoint SET position = ? WHERE tenant_id = ?";

    private final DataSource pool;
    private final JsonMapper mapper = BenchmarkDatabase.mapper();

    RawProjection(DataSource pool) {
        this.pool = pool;
    }

    /** Makes the view's table and the checkpoint's. */
    static void prepare(BenchmarkDatabase database, String tenant) {
        database.execute(
                AccountBalances.create(TABLE),
                "CREATE TABLE raw.checkpoint (tenant_id text PRIMARY KEY, position bigint NOT NULL)",
                "INSERT INTO raw.checkpoint VALUES ('%s', 0)".formatted(tenant));
    }

    /** Empties the view and begins before the first event; returns how many events were handled. */
    long run(String tenant, int pageSize) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement read = connection.prepareStatement(READ);
                    PreparedStatement upsert = connection.prepareStatement(AccountBalances.upsert(TABLE));
                    PreparedStatement advance = connection.prepareStatement(ADVANCE)) {
                long handled = 0;
                long position = 0;
                while (true) {
                    int found = 0;
                    read.setString(1, tenant);
                    read.setString(2, AccountBalances.EVENT_TYPE);
                    read.setLong(3, position);
                    read.setInt(4, pageSize);
                    try (ResultSet rows = read.executeQuery()) {
                        while (rows.next()) {
                            position = rows.getLong(1);
                            BigDecimal amount = mapper.readValue(rows.getBytes(3), AccountDebited.class)
                                    .amount();
                            AccountBalances.add(upsert, tenant, rows.getString(2), amount);
                            found++;
                        }
                    }
                    if (found == 0) {
                        return handled;
                    }
                    upsert.executeBatch();
                    advance.setLong(1, position);
                    advance.setString(2, tenant);
                    advance.executeUpdate();
                    connection.commit();
                    handled += found;
                }
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }
}
