package io.nexus.eventstream.docs.guides;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.jdbc.schema.SchemaRoles;
import io.nexus.eventstream.localpostgres.LocalPostgres;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** The blocks of docs/operating.md. */
class RolesTest {

    private static final String MIGRATOR =
            "guide_migrator_" + ProcessHandle.current().pid();
    private static final String APPLICATION =
            "guide_app_" + ProcessHandle.current().pid();

    @Test
    void theSchemaIsMadeByItsOwnerAndUsedByAnother() throws SQLException {
        String url = LocalPostgres.server().newDatabase();
        try (Connection superuser = DriverManager.getConnection(url);
                Statement statement = superuser.createStatement()) {
            statement.execute(SchemaMigrator.of(dataSource(url, MIGRATOR))
                    .roles(SchemaRoles.defaults())
                    .rolesSql());
            statement.execute("CREATE ROLE " + MIGRATOR + " LOGIN PASSWORD 'secret'");
            statement.execute("GRANT eventstream_owner TO " + MIGRATOR);
            statement.execute("CREATE ROLE " + APPLICATION + " LOGIN PASSWORD 'secret'");
            statement.execute("GRANT eventstream_writer TO " + APPLICATION);
        }
        PGSimpleDataSource migratorLogin = dataSource(url, MIGRATOR);

        SchemaMigrator migrator = SchemaMigrator.of(migratorLogin).roles(SchemaRoles.defaults());
        migrator.migrate();
        migrator.validate();

        EventStore store = PostgresEventStore.create(dataSource(url, APPLICATION), EventTypes.of(AccountEvent.class));
        StreamId cash = StreamId.of("account", "1000");
        store.append(
                TenantId.of("acme"),
                StreamAppend.of(
                        cash,
                        ExpectedVersion.noStream(),
                        NewEvent.of(new AccountEvent.AccountDebited("JE-1", new BigDecimal("1.00"), "MYR"))));
        assertThat(store.version(TenantId.of("acme"), cash).value()).isEqualTo(1);
    }

    private static PGSimpleDataSource dataSource(String url, String user) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(url);
        dataSource.setUser(user);
        dataSource.setPassword("secret");
        return dataSource;
    }
}
