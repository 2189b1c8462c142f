package io.nexus.eventstream.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.jdbc.schema.SchemaName;
import io.nexus.eventstream.jdbc.schema.SchemaRoles;
import io.nexus.eventstream.tck.DatabaseClock;
import io.nexus.eventstream.tck.StoreOptions;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** A database for the contract: its log is recorded by a clock that the tests shift. */
final class ContractDatabase implements DatabaseClock, AutoCloseable {

    private final FreshDatabase database;
    private final String schema;
    private final HikariDataSource pool;

    private ContractDatabase(FreshDatabase database, String schema, HikariDataSource pool) {
        this.database = database;
        this.schema = schema;
        this.pool = pool;
        database.execute(
                "CREATE TABLE public.clock_offset (offset_by interval NOT NULL)",
                "GRANT SELECT ON public.clock_offset TO PUBLIC",
                "INSERT INTO public.clock_offset VALUES ('0')",
                """
                CREATE OR REPLACE FUNCTION %s.clock() RETURNS timestamptz LANGUAGE sql VOLATILE AS
                $$ SELECT clock_timestamp() + o.offset_by FROM public.clock_offset o $$
                """.formatted(schema));
    }

    /** Returns a database with a log made by this migration, and a pool with these settings. */
    static ContractDatabase create(UnaryOperator<SchemaMigrator> migration, Consumer<HikariConfig> settings) {
        FreshDatabase database = FreshDatabase.empty();
        SchemaMigrator migrator = migration.apply(SchemaMigrator.of(database.pool()));
        migrator.migrate();
        return new ContractDatabase(database, migrator.schema().value(), database.poolWith(config -> {
            config.setMaximumPoolSize(40);
            settings.accept(config);
        }));
    }

    /** Returns a database with an owner, and a pool of a login that is a member of these roles and of no other. */
    static ContractDatabase createFor(Function<SchemaRoles, List<String>> memberships) {
        SchemaRoles roles = FreshDatabase.newRoles();
        FreshDatabase database = FreshDatabase.owned(roles, migrator -> migrator.rowSecurity(true));
        return new ContractDatabase(
                database,
                SchemaName.DEFAULT.value(),
                database.poolOfMember(
                        config -> config.setMaximumPoolSize(40),
                        memberships.apply(roles).toArray(String[]::new)));
    }

    /** Returns a database with a log made by this migration. */
    static ContractDatabase create(UnaryOperator<SchemaMigrator> migration) {
        return create(migration, config -> {});
    }

    /** Returns a store as a contract wants it. */
    PostgresEventStore.Builder store(StoreOptions options) {
        return PostgresEventStore.builder(pool, JsonEventSerializer.of(options.types()))
                .schema(SchemaName.of(schema))
                .limits(options.limits())
                .autoCreateTenants(options.autoCreateTenants())
                .laneTimeout(Duration.ofMinutes(1))
                .clock(options.callerClock());
    }

    FreshDatabase database() {
        return database;
    }

    HikariDataSource pool() {
        return pool;
    }

    @Override
    public void shift(Duration offset) {
        database.execute("UPDATE public.clock_offset SET offset_by = interval '1 second' * " + offset.toSeconds());
    }

    @Override
    public void close() {
        pool.close();
        database.close();
    }
}
