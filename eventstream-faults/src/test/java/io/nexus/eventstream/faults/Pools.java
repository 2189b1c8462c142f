package io.nexus.eventstream.faults;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.jdbc.schema.SchemaRoles;
import java.time.Duration;

/** What a host would set up: a pool, the schema, a store. */
final class Pools {

    private Pools() {}

    static HikariDataSource pool(String url, int size) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(5_000);
        config.setInitializationFailTimeout(-1);
        return new HikariDataSource(config);
    }

    /** Puts the event log and these tenants into an empty database. */
    static void install(Server server, String... tenants) {
        try (HikariDataSource pool = pool(server.url(), 3)) {
            SchemaMigrator.of(pool).migrate();
            create(pool, tenants);
        }
    }

    /** The same behind all walls, and a login {@code app} that may append and project, and keep tables of its own. */
    static void installWithWalls(Server server, String... tenants) {
        SchemaRoles roles = SchemaRoles.defaults();
        try (HikariDataSource pool = pool(server.url(), 3)) {
            SchemaMigrator migrator = SchemaMigrator.of(pool).roles(roles).rowSecurity(true);
            server.execute(migrator.rolesSql());
            migrator.migrate();
            create(pool, tenants);
        }
        server.execute(
                "CREATE ROLE app LOGIN",
                "GRANT %s, %s TO app".formatted(roles.writer(), roles.engine()),
                "GRANT CREATE ON SCHEMA public TO app");
    }

    private static void create(HikariDataSource pool, String... tenants) {
        PostgresEventStore store = PostgresEventStore.create(pool, Load.TYPES);
        for (String tenant : tenants) {
            store.ensureTenant(TenantId.of(tenant));
        }
    }

    static PostgresEventStore.Builder store(HikariDataSource pool) {
        return PostgresEventStore.builder(pool, JsonEventSerializer.of(Load.TYPES))
                .laneTimeout(Duration.ofSeconds(30))
                .synchronousCommit(!Mutation.ASYNCHRONOUS_COMMIT.isOn());
    }
}
