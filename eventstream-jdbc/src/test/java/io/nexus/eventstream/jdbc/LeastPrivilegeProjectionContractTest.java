package io.nexus.eventstream.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.jdbc.schema.SchemaRoles;

/** The engine keeps the contract for a login that owns its read models and is a member of the writer and the engine. */
class LeastPrivilegeProjectionContractTest extends PostgresProjectionContractTest {

    @Override
    FreshDatabase newDatabase() {
        roles = FreshDatabase.newRoles();
        return FreshDatabase.owned(roles, migrator -> migrator.rowSecurity(true));
    }

    @Override
    HikariDataSource newPool(FreshDatabase database) {
        HikariDataSource pool =
                database.poolOfMember(config -> config.setMaximumPoolSize(20), roles.writer(), roles.engine());
        database.execute("GRANT CREATE ON SCHEMA public TO " + FreshDatabase.userOf(pool));
        return pool;
    }

    private SchemaRoles roles;
}
