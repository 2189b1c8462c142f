package io.nexus.eventstream.jdbc.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.jdbc.FreshDatabase;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaMigratorTest {

    private static final TenantId ACME = TenantId.of("acme");
    private static final StreamId STREAM = StreamId.of("note", "1");

    @Test
    void anEmptyDatabaseIsMigratedOnce() {
        try (FreshDatabase database = FreshDatabase.empty()) {
            SchemaMigrator migrator = SchemaMigrator.of(database.pool());

            assertThat(migrator.migrate()).isEqualTo(SchemaScript.MIGRATIONS.size());
            assertThat(migrator.migrate()).isZero();
            migrator.validate();
        }
    }

    @Test
    void everyMigrationFileIsInTheScript() {
        File folder = new File("src/main/resources/" + SchemaScript.LOCATION);

        assertThat(folder.list()).containsExactlyInAnyOrderElementsOf(SchemaScript.MIGRATIONS);
    }

    @Test
    void aDatabaseWithoutTheSchemaDoesNotValidate() {
        try (FreshDatabase database = FreshDatabase.empty()) {
            assertThatThrownBy(SchemaMigrator.of(database.pool())::validate)
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("schema eventstream does not fit this version of EventStream")
                    .hasMessageContaining("SchemaMigrator.migrate()");
            assertThat(database.query("SELECT 1 FROM pg_namespace WHERE nspname = 'eventstream'"))
                    .isEmpty();
        }
    }

    @Test
    void aChangedMigrationDoesNotValidate() {
        try (FreshDatabase database = FreshDatabase.migrated()) {
            database.execute("UPDATE eventstream.schema_history SET checksum = 1 WHERE script LIKE 'V002%'");

            assertThatThrownBy(SchemaMigrator.of(database.pool())::validate)
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("002");
        }
    }

    @Test
    void aSchemaOfANewerVersionValidates() {
        try (FreshDatabase database = FreshDatabase.migrated()) {
            database.execute("""
                    INSERT INTO eventstream.schema_history
                        (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
                    VALUES (99, '900', 'from the future', 'SQL', 'V900__from_the_future.sql', 1, 'postgres', 0, true)
                    """);

            SchemaMigrator.of(database.pool()).validate();
        }
    }

    @Test
    void eightNodesThatStartAtOnceAllSucceed() throws Exception {
        try (FreshDatabase database = FreshDatabase.empty()) {
            int nodes = 8;
            CyclicBarrier start = new CyclicBarrier(nodes);
            ExecutorService threads = Executors.newFixedThreadPool(nodes);
            List<Future<Integer>> results = new ArrayList<>();
            for (int i = 0; i < nodes; i++) {
                results.add(threads.submit(() -> {
                    start.await();
                    return SchemaMigrator.of(database.pool()).migrate();
                }));
            }
            int applied = 0;
            for (Future<Integer> result : results) {
                applied += result.get();
            }
            threads.shutdown();

            assertThat(applied).isEqualTo(SchemaScript.MIGRATIONS.size());
            SchemaMigrator.of(database.pool()).validate();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void theScriptForPeopleGivesTheSameSchemaAsTheMigrator(int partitions) {
        try (FreshDatabase migrated = FreshDatabase.empty();
                FreshDatabase byHand = FreshDatabase.empty()) {
            SchemaMigrator.of(migrated.pool()).partitions(partitions).migrate();
            SchemaMigrator other = SchemaMigrator.of(byHand.pool()).partitions(partitions);
            byHand.execute(other.sql());

            assertThat(Catalog.of(byHand)).isEqualTo(Catalog.of(migrated)).isNotEmpty();
            other.validate();
            assertThat(other.migrate()).isZero();
        }
    }

    @Test
    void aLogInASchemaOfAnotherNameWorks() {
        try (FreshDatabase database = FreshDatabase.migrated()) {
            SchemaName name = SchemaName.of("ledger_2026");
            SchemaMigrator migrator = SchemaMigrator.of(database.pool()).schema(name);
            migrator.migrate();
            migrator.validate();
            PostgresEventStore store = PostgresEventStore.builder(
                            database.pool(), JsonEventSerializer.of(FreshDatabase.TYPES))
                    .schema(name)
                    .build();

            store.append(ACME, FreshDatabase.notes(STREAM, ExpectedVersion.noStream(), "a"));

            assertThat(store.read(ACME, EventQuery.log()).events()).hasSize(1);
            assertThat(database.store().read(ACME, EventQuery.log()).events()).isEmpty();
        }
    }

    @Test
    void nothingDependsOnTheSearchPath() {
        try (FreshDatabase database = FreshDatabase.empty()) {
            database.execute(
                    "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = %L', current_database(), ''); END $$");
            SchemaMigrator.of(database.pool()).migrate();

            database.store().append(ACME, FreshDatabase.notes(STREAM, ExpectedVersion.noStream(), "a"));

            assertThat(database.store().read(ACME, EventQuery.log()).events()).hasSize(1);
        }
    }

    @Test
    void aHostWithItsOwnFlywayIsNotDisturbed() {
        try (FreshDatabase database = FreshDatabase.empty()) {
            SchemaMigrator.of(database.pool()).migrate();
            Flyway host = Flyway.configure()
                    .dataSource(database.pool())
                    .locations("classpath:db/migration")
                    .load();

            assertThat(host.migrate().migrationsExecuted).isEqualTo(1);
            assertThat(SchemaMigrator.of(database.pool()).migrate()).isZero();
            assertThat(host.migrate().migrationsExecuted).isZero();
            assertThat(database.query("SELECT count(*) FROM public.flyway_schema_history"))
                    .containsExactly("1");
            assertThat(database.query("SELECT count(*) FROM public.host_table")).containsExactly("0");
        }
    }

    @Test
    void aSchemaThatHoldsOtherThingsIsMigratedToo() {
        try (FreshDatabase database = FreshDatabase.empty()) {
            database.execute("CREATE SCHEMA eventstream", "CREATE TABLE eventstream.of_the_host (id bigint)");

            assertThat(SchemaMigrator.of(database.pool()).migrate()).isEqualTo(SchemaScript.MIGRATIONS.size());
        }
    }

    @Test
    void aRoleWithoutRightsIsToldSo() {
        try (FreshDatabase database = FreshDatabase.empty();
                var pool = database.poolOfPoorRole()) {
            assertThatThrownBy(SchemaMigrator.of(pool)::migrate)
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("schema eventstream cannot be migrated")
                    .hasMessageContaining("permission denied");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "es-2", "Ledger", "9lives", "pg_temp", "a;drop", "a\"b", "schéma"})
    void aNameThatWouldNeedQuotesIsRefused(String name) {
        assertThatThrownBy(() -> SchemaName.of(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + name + "\" cannot be the schema of the event log");
    }

    @Test
    void aWordOfSqlIsRefusedAsAName() {
        try (FreshDatabase database = FreshDatabase.empty()) {
            assertThat(database.query("SELECT word FROM pg_get_keywords() WHERE catcode <> 'U'"))
                    .contains("order", "user", "values")
                    .allSatisfy(word -> assertThatThrownBy(() -> SchemaName.of(word))
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessage(
                                    "\"%s\" cannot be the schema of the event log: it is a word of SQL; add to it, as in %s_log"
                                            .formatted(word, word)));
        }
    }

    @Test
    void aRoleThatMayOnlyReadCanValidate() {
        try (FreshDatabase database = FreshDatabase.migrated();
                HikariDataSource pool = database.poolOfPoorRole()) {
            String role = FreshDatabase.userOf(pool);
            database.execute(
                    "GRANT USAGE ON SCHEMA eventstream TO " + role,
                    "GRANT SELECT ON ALL TABLES IN SCHEMA eventstream TO " + role);

            SchemaMigrator.of(pool).validate();
            database.execute("DELETE FROM eventstream.schema_history WHERE script = '%s'"
                    .formatted(SchemaScript.MIGRATIONS.get(SchemaScript.MIGRATIONS.size() - 1)));

            assertThatThrownBy(SchemaMigrator.of(pool)::validate)
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("does not fit this version of EventStream");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 17})
    void aNumberOfPartitionsOutOfRangeIsRefused(int number) {
        try (FreshDatabase database = FreshDatabase.empty()) {
            SchemaMigrator migrator = SchemaMigrator.of(database.pool());

            assertThatThrownBy(() -> migrator.partitions(number))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the number of partitions is %d, it must be 0 to 16".formatted(number));
        }
    }
}
