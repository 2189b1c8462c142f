package io.nexus.eventstream.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.core.projection.ProjectionEngineBuilder;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.Projections;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.spi.ProjectingEventStore;
import io.nexus.eventstream.tck.EngineOptions;
import io.nexus.eventstream.tck.LedgerEvent;
import io.nexus.eventstream.tck.ProjectionContract;
import io.nexus.eventstream.tck.ReadModelRows;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The engine keeps the contract on PostgreSQL. */
class PostgresProjectionContractTest extends ProjectionContract {

    private FreshDatabase database;
    private HikariDataSource pool;

    /** Each test has a database of its own, so that an engine meets no tenants of other tests. */
    @BeforeEach
    void create() {
        database = newDatabase();
        pool = newPool(database);
    }

    FreshDatabase newDatabase() {
        return FreshDatabase.migrated();
    }

    /** Returns what the store connects by. */
    HikariDataSource newPool(FreshDatabase of) {
        return of.pool();
    }

    @AfterEach
    void close() {
        pool.close();
        database.close();
    }

    @Override
    public ProjectingEventStore open(List<Projector> inline) {
        return PostgresEventStore.builder(pool, JsonEventSerializer.of(EventTypes.of(LedgerEvent.class)))
                .inline(inline.toArray(new Projector[0]))
                .build();
    }

    @Override
    public ProjectingEventStore reopen(ProjectingEventStore store, List<Projector> inline) {
        return open(inline);
    }

    @Override
    public Projections engine(ProjectingEventStore store, EngineOptions options) {
        ProjectionEngineBuilder builder = ProjectionEngine.builder(store)
                .batchSize(options.batchSize())
                .pollInterval(options.pollInterval())
                .lease(options.lease())
                .maxAttempts(options.maxAttempts())
                .backOff(options.firstBackOff(), options.mostBackOff());
        options.projectors().forEach(builder::projector);
        options.listeners().forEach(builder::listener);
        return builder.build();
    }

    @Override
    public ReadModelRows rows() {
        return new TableRows();
    }

    /** Rows in tables of texts. */
    private final class TableRows implements ReadModelRows {

        @Override
        public void prepare(ProjectionContext context, String table) {
            execute(
                    connection(context),
                    "CREATE TABLE IF NOT EXISTS %s (tenant_id text, key text, value text NOT NULL, PRIMARY KEY (tenant_id, key))"
                            .formatted(context.table(table)));
        }

        @Override
        public void clear(ProjectionContext context, String table) {
            execute(
                    connection(context),
                    "DELETE FROM %s WHERE tenant_id = ?".formatted(context.table(table)),
                    context.tenant().value());
        }

        @Override
        public void put(ProjectionContext context, String table, String key, String value) {
            execute(
                    connection(context),
                    "INSERT INTO %s VALUES (?, ?, ?) ON CONFLICT (tenant_id, key) DO UPDATE SET value = excluded.value"
                            .formatted(context.table(table)),
                    context.tenant().value(),
                    key,
                    value);
        }

        @Override
        public Optional<String> get(ProjectionContext context, String table, String key) {
            Map<String, String> rows = query(
                    connection(context),
                    "SELECT key, value FROM %s WHERE tenant_id = ? AND key = ?".formatted(context.table(table)),
                    context.tenant().value(),
                    key);
            return Optional.ofNullable(rows.get(key));
        }

        @Override
        public Map<String, String> all(ProjectionContext context, String table) {
            return all(connection(context), context.tenant(), context.table(table));
        }

        @Override
        public Map<String, String> committed(ProjectingEventStore store, TenantId tenant, String table) {
            try (Connection connection = database.connect()) {
                boolean exists = !query(
                                connection, "SELECT 'it', 'exists' WHERE to_regclass(?) IS NOT NULL", "public." + table)
                        .isEmpty();
                return exists ? all(connection, tenant, table) : Map.of();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        private static Map<String, String> all(Connection connection, TenantId tenant, String table) {
            return query(connection, "SELECT key, value FROM %s WHERE tenant_id = ?".formatted(table), tenant.value());
        }

        private static Connection connection(ProjectionContext context) {
            return context.resource(Connection.class);
        }

        private static void execute(Connection connection, String sql, String... parameters) {
            try (PreparedStatement statement = prepared(connection, sql, parameters)) {
                statement.execute();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        private static Map<String, String> query(Connection connection, String sql, String... parameters) {
            try (PreparedStatement statement = prepared(connection, sql, parameters);
                    ResultSet result = statement.executeQuery()) {
                Map<String, String> rows = new HashMap<>();
                while (result.next()) {
                    rows.put(result.getString(1), result.getString(2));
                }
                return rows;
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        private static PreparedStatement prepared(Connection connection, String sql, String... parameters)
                throws SQLException {
            PreparedStatement statement = connection.prepareStatement(sql);
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            return statement;
        }
    }
}
