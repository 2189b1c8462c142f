package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.jdbc.schema.SchemaRoles;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;

class ServerCheckTest {

    private static final TenantId ACME = TenantId.of("acme");
    private static final StreamId STREAM = StreamId.of("note", "1");

    @Test
    void aDatabaseWithoutTheSchemaIsRefusedAtOnce() {
        try (FreshDatabase database = FreshDatabase.empty()) {
            assertThatThrownBy(database::store)
                    .isInstanceOf(StorageException.class)
                    .hasMessage(
                            "schema eventstream of this database holds no event log that this version can use: run SchemaMigrator.of(dataSource).migrate() with the rights to create a schema");
        }
    }

    @Test
    void aServerThatForgetsWhatItAcknowledgesIsWarnedAbout() {
        try (FreshDatabase database = FreshDatabase.migrated()) {
            database.execute("ALTER SYSTEM SET full_page_writes = off", "SELECT pg_reload_conf()");
            try (HikariDataSource pool = database.poolWith(config -> {
                // The server takes a moment to see its new settings.
                config.setConnectionInitSql(
                        "DO $$ BEGIN WHILE current_setting('full_page_writes') = 'on' LOOP PERFORM pg_sleep(0.01); END LOOP; END $$");
            })) {
                assertThat(warnings(() -> PostgresEventStore.create(pool, FreshDatabase.TYPES)))
                        .contains(
                                "The server runs with full_page_writes = off: after a crash, acknowledged events are gone and their positions are given out again");
            } finally {
                database.execute("ALTER SYSTEM RESET full_page_writes", "SELECT pg_reload_conf()");
            }
        }
    }

    @Test
    void aStoreThatDoesNotWaitForTheDiskIsWarnedAbout() {
        try (FreshDatabase database = FreshDatabase.migrated();
                HikariDataSource pool =
                        database.poolWith(config -> config.setConnectionInitSql("SET synchronous_commit = off"))) {
            assertThat(warnings(() -> PostgresEventStore.create(pool, FreshDatabase.TYPES)))
                    .noneMatch(warning -> warning.contains("synchronous_commit"));
            assertThat(warnings(() -> PostgresEventStore.builder(pool, JsonEventSerializer.of(FreshDatabase.TYPES))
                            .synchronousCommit(false)
                            .build()))
                    .contains(
                            "Appends do not wait for the disk (synchronous_commit = off): a crash of the server loses the newest");
        }
    }

    @Test
    void aReadOnlyServerIsNamedAsTheReason() {
        try (FreshDatabase database = FreshDatabase.migrated();
                HikariDataSource pool = database.poolWith(
                        config -> config.setConnectionInitSql("SET default_transaction_read_only = on"))) {
            PostgresEventStore store = PostgresEventStore.create(pool, FreshDatabase.TYPES);

            assertThatThrownBy(() -> store.ensureTenant(ACME))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("SQLSTATE 25006")
                    .hasMessageContaining("connect to the primary");
        }
    }

    @Test
    void aRoleWithoutRightsIsToldWhichItNeeds() {
        try (FreshDatabase database = FreshDatabase.migrated();
                HikariDataSource pool = database.poolOfPoorRole()) {
            PostgresEventStore store = PostgresEventStore.create(pool, FreshDatabase.TYPES);

            assertThatThrownBy(() -> store.append(ACME, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a")))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("SQLSTATE 42501")
                    .hasMessageContaining("the role lacks a privilege in schema eventstream");
        }
    }

    @Test
    void anApplicationThatCanActAsTheOwnerOrPassesTheWallsByIsWarned() {
        SchemaRoles roles = FreshDatabase.newRoles();
        try (FreshDatabase database = FreshDatabase.owned(roles, migrator -> migrator.rowSecurity(true));
                HikariDataSource unseeing = database.poolOfMember(config -> {}, roles.writer());
                HikariDataSource writing = database.poolOfMember(config -> {}, roles.writer(), "pg_write_all_data");
                HikariDataSource owner = database.poolOfMember(config -> {}, roles.owner(), roles.writer());
                HikariDataSource writer = database.poolOfMember(config -> {}, roles.writer())) {
            String warning = "The application may act as the owner of schema eventstream, as a superuser or";
            database.execute("ALTER ROLE %s BYPASSRLS".formatted(FreshDatabase.userOf(unseeing)));

            for (HikariDataSource pool : List.of(owner, database.pool(), unseeing, writing)) {
                assertThat(warnings(() -> PostgresEventStore.create(pool, FreshDatabase.TYPES)))
                        .singleElement()
                        .asString()
                        .startsWith(warning);
            }
            assertThat(warnings(() -> PostgresEventStore.create(writer, FreshDatabase.TYPES)))
                    .isEmpty();
            // Roles belong to the whole server, and other tests validate.
            database.execute("REVOKE pg_write_all_data FROM " + FreshDatabase.userOf(writing));
        }
    }

    @Test
    void aRoleThatMayOnlyCallAndReadCanAppendAndRead() {
        try (FreshDatabase database = FreshDatabase.migrated();
                HikariDataSource pool = database.poolOfPoorRole()) {
            String role = FreshDatabase.userOf(pool);
            database.execute(
                    "GRANT USAGE ON SCHEMA eventstream TO " + role,
                    "GRANT SELECT ON ALL TABLES IN SCHEMA eventstream TO " + role,
                    "GRANT EXECUTE ON FUNCTION eventstream.enter_tenant_v1, eventstream.refuse_tenant_v1, eventstream.append_v1, eventstream.append_one_v1, eventstream.create_tenant_v1, eventstream.position_at_v1,"
                            + " eventstream.version_at_v1, eventstream.lock_lanes_v1, eventstream.lane_holders_v1 TO "
                            + role);
            PostgresEventStore store = PostgresEventStore.create(pool, FreshDatabase.TYPES);

            store.append(ACME, FreshDatabase.notes(STREAM, ExpectedVersion.noStream(), "a", "b"));

            assertThat(store.version(ACME, STREAM).value()).isEqualTo(2);
            assertThat(store.positionAt(ACME, store.head(ACME).orElseThrow().recordedAt())
                            .value())
                    .isEqualTo(2);
        }
    }

    private static List<String> warnings(Runnable action) {
        List<String> messages = new ArrayList<>();
        Logger logger = Logger.getLogger(ServerCheck.class.getName());
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                messages.add(new SimpleFormatter().formatMessage(entry));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
        try {
            action.run();
        } finally {
            logger.removeHandler(handler);
            logger.setUseParentHandlers(true);
        }
        return messages;
    }
}
