package io.nexus.eventstream.examples.quickstart;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.StoreLimits;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.core.projection.ProjectionEngineBuilder;
import io.nexus.eventstream.examples.finance.Ledger;
import io.nexus.eventstream.examples.inventory.Warehouse;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.localpostgres.LocalPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import javax.sql.DataSource;

/** The database of one run: the user's own, or one that is started for the run and gone with it. */
final class Database implements AutoCloseable {

    private final HikariDataSource dataSource;
    private final PostgresEventStore store;
    private final String description;

    private Database(String jdbcUrl, String whose) throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(jdbcUrl);
        config.setMaximumPoolSize(8);
        config.setConnectionTimeout(10_000);
        dataSource = new HikariDataSource(config);
        try (Connection connection = dataSource.getConnection()) {
            description = "PostgreSQL %s, %s".formatted(connection.getMetaData().getDatabaseProductVersion(), whose);
        }
        SchemaMigrator.of(dataSource).migrate();
        store = PostgresEventStore.builder(dataSource, JsonEventSerializer.of(Ledger.EVENTS.and(Warehouse.EVENTS)))
                // A single entry of a user's journal may be as long as the file.
                .limits(StoreLimits.defaults().withMaxEventsPerAppend(1_000_000))
                .build();
    }

    /**
     * Connects, and brings the schema up to date.
     *
     * @throws UsageException if that fails; the message says which option to look at
     */
    static Database open(Optional<String> jdbcUrl) {
        String url = jdbcUrl.orElseGet(Database::startedForThisRun);
        String place = withoutSecrets(url);
        try {
            return new Database(url, jdbcUrl.isPresent() ? place : "started for this run, gone when it ends");
        } catch (RuntimeException | SQLException e) {
            throw new UsageException("-Djdbc.url: %s cannot be used: %s"
                    .formatted(place, innermost(e).getMessage()));
        }
    }

    private static String startedForThisRun() {
        try {
            return LocalPostgres.server().newDatabase();
        } catch (ExceptionInInitializerError | RuntimeException e) {
            throw new UsageException(
                    "PostgreSQL does not start: %s. Name a database of your own: -Djdbc.url=\"jdbc:postgresql://HOST/DATABASE?user=NAME&password=SECRET\""
                            .formatted(innermost(e).getMessage()));
        }
    }

    /** Returns the front door to the log of one tenant. */
    EventStreamManager events(String tenant) {
        return EventStreamManager.builder()
                .store(store)
                .tenant(TenantId.of(tenant))
                .build();
    }

    /** Returns a builder of an engine that keeps read models in this database. */
    ProjectionEngineBuilder engine() {
        return ProjectionEngine.builder(store);
    }

    /** Returns where read models are read from. */
    DataSource dataSource() {
        return dataSource;
    }

    /**
     * Lets PostgreSQL look at what was imported. It would do so by itself within a minute or two; until then it plans every
     * query as if the log were small.
     */
    void analyze() {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("ANALYZE eventstream.events");
        } catch (SQLException e) {
            throw new UsageException("the log cannot be analyzed: " + e.getMessage());
        }
    }

    /** Returns which server it is, for people to read. */
    String description() {
        return description;
    }

    @Override
    public void close() {
        dataSource.close();
    }

    /** Returns a JDBC URL without user and password. */
    private static String withoutSecrets(String url) {
        return url.replaceFirst("[?].*", "").replaceFirst("//[^/]*@", "//");
    }

    private static Throwable innermost(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
