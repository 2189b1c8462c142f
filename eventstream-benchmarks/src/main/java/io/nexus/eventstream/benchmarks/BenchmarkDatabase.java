package io.nexus.eventstream.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.jdbc.schema.SchemaRoles;
import io.nexus.eventstream.localpostgres.LocalPostgres;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A database with the event log and, beside it, a table of the same shape with the same indexes for the raw statements, and
 * the pool that both take their connections from. Durability is on.
 */
final class BenchmarkDatabase implements AutoCloseable {

    /** A posting to an account, what these benchmarks append. */
    record AccountDebited(String entry, BigDecimal amount, String currency, String description) {

        static AccountDebited number(long number) {
            return new AccountDebited(
                    "JE-" + number, BigDecimal.valueOf(number, 2), "MYR", "Customer payment received for an invoice");
        }
    }

    static final EventTypes TYPES = EventTypes.of(AccountDebited.class);

    private static final String FILLED = "es_filled_";

    private final String url;
    private final boolean dropped;
    private final HikariDataSource pool;

    /** Makes a database with empty tables, which is dropped when it is closed. */
    BenchmarkDatabase(int connections) {
        this(connections, UnaryOperator.identity());
    }

    private BenchmarkDatabase(int connections, UnaryOperator<SchemaMigrator> migration) {
        this(LocalPostgres.server().newDatabase(), connections, true);
        migration.apply(SchemaMigrator.of(pool)).migrate();
        execute(
                "CREATE SCHEMA raw",
                "CREATE TABLE raw.events (LIKE eventstream.events INCLUDING ALL)",
                // Ours is analysed and vacuumed by these settings, so the twin is.
                "ALTER TABLE raw.events SET (%s)".formatted(settingsOfEvents()),
                "CREATE SEQUENCE raw.positions CACHE 1",
                "ALTER TABLE raw.events ALTER position SET DEFAULT nextval('raw.positions')",
                "CHECKPOINT");
    }

    private BenchmarkDatabase(String url, int connections, boolean dropped) {
        this.url = url;
        this.dropped = dropped;
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(connections);
        pool = new HikariDataSource(config);
    }

    /**
     * Returns a database that is only read. Whoever asks for it first fills it; it stays on the server for the forks that
     * follow.
     */
    static BenchmarkDatabase filled(String name, Consumer<BenchmarkDatabase> fill) {
        return filled(name, UnaryOperator.identity(), fill);
    }

    /** Returns the same with a schema of another kind. */
    static BenchmarkDatabase filled(
            String name, UnaryOperator<SchemaMigrator> migration, Consumer<BenchmarkDatabase> fill) {
        String database = FILLED + name;
        if (!filledDatabases().contains(database)) {
            BenchmarkDatabase made = new BenchmarkDatabase(4, migration);
            fill.accept(made);
            made.execute("VACUUM (ANALYZE)", "CHECKPOINT");
            made.pool.close();
            onServer("ALTER DATABASE %s RENAME TO %s".formatted(nameIn(made.url), database));
        }
        return new BenchmarkDatabase(LocalPostgres.server().urlOf(database), 4, false);
    }

    /** Drops what {@link #filled} has left on the server. */
    static void dropFilled() {
        filledDatabases().forEach(database -> onServer("DROP DATABASE %s WITH (FORCE)".formatted(database)));
    }

    String url() {
        return url;
    }

    HikariDataSource pool() {
        return pool;
    }

    /** Returns a pool of a login that is a member of the writer, whom row-level security concerns. */
    HikariDataSource poolOfWriter() {
        SchemaMigrator migrator = SchemaMigrator.of(pool).roles(SchemaRoles.defaults());
        execute(
                migrator.rolesSql(),
                migrator.grantsSql(),
                """
                DO $$
                BEGIN
                    CREATE ROLE es_benchmark LOGIN PASSWORD 'secret';
                EXCEPTION WHEN duplicate_object THEN
                    NULL;
                END
                $$
                """,
                "GRANT %s TO es_benchmark".formatted(SchemaRoles.defaults().writer()));
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url.replaceFirst("user=[^&]*", "user=es_benchmark").replaceFirst("&password=[^&]*", "")
                + "&password=secret");
        config.setMaximumPoolSize(2);
        return new HikariDataSource(config);
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

    /** Returns a mapper that reads and writes events as the library's does, as far as these need it. */
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

    /** Returns the only value of the only row of a query. */
    String value(String sql) {
        try (Connection connection = pool.getConnection()) {
            return column(connection, sql).get(0);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        pool.close();
        if (dropped) {
            onServer("DROP DATABASE %s WITH (FORCE)".formatted(nameIn(url)));
        }
    }

    /** Returns the first column of a query's rows, as text. */
    static List<String> column(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    private String settingsOfEvents() {
        return value("""
                SELECT
                    array_to_string(c.reloptions, ', ')
                FROM pg_class c
                WHERE c.oid = 'eventstream.events'::regclass
                """);
    }

    private static List<String> filledDatabases() {
        try (Connection server =
                DriverManager.getConnection(LocalPostgres.server().adminUrl())) {
            return column(server, "SELECT d.datname FROM pg_database d WHERE starts_with(d.datname, '" + FILLED + "')");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void onServer(String sql) {
        try (Connection server =
                        DriverManager.getConnection(LocalPostgres.server().adminUrl());
                Statement statement = server.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String nameIn(String url) {
        return url.replaceFirst("jdbc:postgresql://[^/]+/([^?]*).*", "$1");
    }
}
