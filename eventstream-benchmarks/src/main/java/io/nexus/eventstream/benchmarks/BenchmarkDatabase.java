package io.nexus.eventstream.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.localpostgres.LocalPostgres;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

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

    /** Returns a store that does not wait for the disk, to fill a log before something is measured. */
    PostgresEventStore hastyStore() {
        return PostgresEventStore.builder(pool, JsonEventSerializer.of(TYPES))
                .synchronousCommit(false)
                .build();
    }

    /** Returns a mapper that reads events as the library's does, as far as these need it. */
    static JsonMapper mapper() {
        JsonFactory factory = JsonFactory.builder()
                .recyclerPool(JsonRecyclerPools.threadLocalPool())
                .build();
        return JsonMapper.builder(factory)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .build();
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
