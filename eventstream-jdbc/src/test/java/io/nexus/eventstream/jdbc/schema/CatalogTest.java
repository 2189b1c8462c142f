package io.nexus.eventstream.jdbc.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.jdbc.FreshDatabase;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules that the schema keeps, asked of PostgreSQL's own catalog. */
class CatalogTest {

    private static FreshDatabase database;

    @BeforeAll
    static void migrate() {
        database = FreshDatabase.migrated();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @Test
    void noForeignKeyRefersToTheLockTable() {
        assertThat(
                        database.query(
                                "SELECT conname FROM pg_constraint WHERE contype = 'f' AND confrelid = 'eventstream.tenants'::regclass"))
                .isEmpty();
    }

    @Test
    void noTableRefersToAnotherByAForeignKey() {
        assertThat(
                        database.query(
                                "SELECT conname FROM pg_constraint WHERE contype = 'f' AND connamespace = 'eventstream'::regnamespace"))
                .isEmpty();
    }

    @Test
    void theRowsOfProjectionsAreChangedInTheirPage() {
        assertThat(database.query("""
                        SELECT array_to_string(reloptions, ' ') LIKE '%fillfactor=70%'
                        FROM pg_class WHERE oid = 'eventstream.projections'::regclass
                        """)).containsExactly("t");
        assertThat(database.query("""
                        SELECT DISTINCT a.attname
                        FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
                        WHERE i.indrelid = 'eventstream.projections'::regclass
                        ORDER BY 1
                        """)).containsExactly("part", "projection", "slot", "tenant_id");
    }

    @Test
    void nothingIsNumberedByASequence() {
        assertThat(
                        database.query(
                                "SELECT relname FROM pg_class WHERE relkind = 'S' AND relnamespace = 'eventstream'::regnamespace"))
                .isEmpty();
        assertThat(
                        database.query(
                                "SELECT attname FROM pg_attribute WHERE attidentity <> '' AND attrelid = 'eventstream.events'::regclass"))
                .isEmpty();
    }

    @Test
    void versionsAndPositionsAreBigint() {
        assertThat(database.query("""
                        SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
                        WHERE attrelid = 'eventstream.events'::regclass AND attname IN ('position', 'version')
                        ORDER BY attname
                        """)).containsExactly("position|bigint", "version|bigint");
    }

    @Test
    void everyKeyAndIndexBeginsWithTheTenant() {
        List<String> firstColumns = database.query("""
                SELECT DISTINCT a.attname
                FROM pg_index i
                JOIN pg_class c ON c.oid = i.indrelid
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
                WHERE c.relnamespace = 'eventstream'::regnamespace AND c.relname <> 'schema_history'
                """);

        assertThat(firstColumns).containsExactly("tenant_id");
    }

    @Test
    void textsThatIdentifyAreComparedByTheirBytes() {
        assertThat(database.query("""
                        SELECT DISTINCT c.collname
                        FROM pg_attribute a JOIN pg_collation c ON c.oid = a.attcollation
                        WHERE a.attrelid IN (
                              'eventstream.events'::regclass, 'eventstream.tenants'::regclass,
                              'eventstream.projections'::regclass, 'eventstream.parked_events'::regclass,
                              'eventstream.seals'::regclass)
                          AND a.attnum > 0
                        """)).containsExactly("C");
    }

    @Test
    void payloadAndMetadataKeepTheirBytes() {
        assertThat(database.query("""
                        SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
                        WHERE attrelid = 'eventstream.events'::regclass AND attname IN ('payload', 'metadata')
                        ORDER BY attname
                        """)).containsExactly("metadata|json", "payload|json");
    }

    @Test
    void functionsThatRunWithTheOwnersRightsPinTheirSearchPath() {
        List<String> functions = database.query("""
                SELECT proname FROM pg_proc
                WHERE pronamespace = 'eventstream'::regnamespace AND prosecdef
                  AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (proconfig), false)
                """);

        assertThat(functions).isEmpty();
        assertThat(
                        database.query(
                                "SELECT proname FROM pg_proc WHERE pronamespace = 'eventstream'::regnamespace AND prosecdef ORDER BY 1"))
                .containsExactly(
                        "append_batch_v1",
                        "append_one_v1",
                        "append_v1",
                        "audit_v1",
                        "count_events_v1",
                        "create_tenant_v1",
                        "due_v1",
                        "heads_v1",
                        "import_events_v1",
                        "lane_holders_v1",
                        "lock_lanes_v1",
                        "position_at_v1",
                        "projection_blockers_v1",
                        "seal_v1",
                        "tenant_statistics_v1",
                        "version_at_v1");
    }

    @Test
    void nobodyButTheOwnerMayRunAFunctionUnlessGranted() {
        assertThat(database.query("""
                        SELECT p.proname FROM pg_proc p
                        WHERE p.pronamespace = 'eventstream'::regnamespace
                          AND has_function_privilege('pg_monitor', p.oid, 'EXECUTE')
                        """)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4})
    void theGrowingTableIsVacuumedAndAnalysedByACountOfRows(int partitions) {
        try (FreshDatabase other = FreshDatabase.empty()) {
            SchemaMigrator.of(other.pool()).partitions(partitions).migrate();

            assertThat(other.query("""
                            SELECT DISTINCT reloptions FROM pg_class
                            WHERE relnamespace = 'eventstream'::regnamespace AND relname LIKE 'events%' AND relkind = 'r'
                            """))
                    .singleElement()
                    .asString()
                    .contains("autovacuum_vacuum_insert_scale_factor=0")
                    .contains("autovacuum_analyze_scale_factor=0.02")
                    .doesNotContain("autovacuum_enabled");
            assertThat(other.query("SELECT count(*) FROM pg_inherits WHERE inhparent = 'eventstream.events'::regclass"))
                    .containsExactly(Integer.toString(partitions));
        }
    }
}
