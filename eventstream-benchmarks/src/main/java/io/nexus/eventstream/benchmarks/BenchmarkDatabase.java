package io.nexus.eventstream.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.localpostgres.LocalPostgres;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A database with the event log and, beside it, a table of the same shape with the same indexes for the raw statements.
 * Durability is on.
 */
final class BenchmarkDatabase implements AutoCloseable {

    /** A posting to an account, what these benchmarks append. */
    record AccountDebited(String entry, BigDecimal amount, String currency, String description) {}

    static final EventTypes TYPES = EventTypes.of(AccountDebited.class);

    private final HikariDataSource pool;

    BenchmarkDatabase(int connections) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(LocalPostgres.server().newDatabase());
        config.setMaximumPoolSize(connections);
        pool = new HikariDataSource(config);
        SchemaMigrator.of(pool).migrate();
        execute(
                "CREATE SCHEMA raw",
                "CREATE TABLE raw.events (LIKE eventstream.events INCLUDING ALL)",
                "CREATE SEQUENCE raw.positions");
    }

    HikariDataSource pool() {
        return pool;
    }

    PostgresEventStore store() {
        return PostgresEventStore.create(pool, TYPES);
    }

    void execute(String... statements) {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
