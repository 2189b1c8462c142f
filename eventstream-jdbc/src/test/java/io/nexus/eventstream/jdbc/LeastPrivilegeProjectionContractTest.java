package io.nexus.eventstream.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.jdbc.schema.SchemaRoles;
import org.junit.jupiter.api.BeforeAll;

/** The engine keeps the contract for a login that owns its read models and is a member of the writer and the engine. */
class LeastPrivilegeProjectionContractTest extends PostgresProjectionContractTest {

    private static final SchemaRoles ROLES = FreshDatabase.newRoles();
    private static String owned;

    @BeforeAll
    static void migrate() {
        try (FreshDatabase database = FreshDatabase.owned(ROLES, migrator -> migrator.rowSecurity(true))) {
            owned = database.url();
        }
    }

    @Override
    FreshDatabase newDatabase() {
        return FreshDatabase.copyOf(owned);
    }

    @Override
    HikariDataSource newPool(FreshDatabase database) {
        HikariDataSource pool =
                database.poolOfMember(config -> config.setMaximumPoolSize(20), ROLES.writer(), ROLES.engine());
        database.execute("GRANT CREATE ON SCHEMA public TO " + FreshDatabase.userOf(pool));
        return pool;
    }
}
