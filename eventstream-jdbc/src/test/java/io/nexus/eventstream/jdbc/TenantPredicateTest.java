package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.jdbc.schema.SchemaName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every statement that the library can send, and every one in its functions, says for which tenant: the first wall. What is
 * read are the constants of the compiled classes and the functions as PostgreSQL keeps them, so nothing can be forgotten.
 */
class TenantPredicateTest {

    /** Statements that are about all tenants, with the reason. */
    private static final Map<String, String> EXCEPTIONS = Map.of(
            "due_v1",
                    "the engine asks for the work of all tenants; it names each log by the tenant that it takes from the list",
            "heads_v1", "the engine asks where all logs end");

    private static final Pattern TABLE_NAMED =
            Pattern.compile("\\b(?:FROM|JOIN|INTO|UPDATE|USING)\\s+eventstream\\.([a-z_]+)\\b(?!\\()");

    private static Set<String> tables;
    private static FreshDatabase database;

    @BeforeAll
    static void findTables() {
        database = FreshDatabase.migrated();
        tables = new HashSet<>(database.query("""
                SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
                WHERE c.relnamespace = 'eventstream'::regnamespace AND a.attname = 'tenant_id' AND c.relkind IN ('r', 'p')
                """));
        assertThat(tables)
                .contains("tenants", "events", "projections", "parked_events", "snapshots", "streams", "statistics");
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @Test
    void everyStatementInTheClassesNamesItsTenant() {
        List<String> found = new ArrayList<>();
        int touched = 0;
        for (String template : SqlTexts.ofClasses(Path.of("target/classes/io/nexus/eventstream/jdbc"))) {
            String sql = filled(template);
            int named = named(sql);
            if (named > 0) {
                TenantPredicates.Report report = TenantPredicates.of(sql, tables);
                assertThat(report.touched()).as(sql).isEqualTo(named);
                touched += named;
                report.unbound().forEach(table -> found.add(table + " in: " + sql));
            }
        }

        assertThat(found).isEmpty();
        assertThat(touched).as("tables named in statements").isGreaterThan(30);
    }

    @Test
    void everyStatementInTheFunctionsNamesItsTenant() {
        Map<String, List<String>> found = new TreeMap<>();
        int touched = 0;
        for (String function : database.query("""
                SELECT p.proname, l.lanname, p.prosrc FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
                WHERE p.pronamespace = 'eventstream'::regnamespace AND p.prokind = 'f'
                """)) {
            String[] parts = function.split("\\|", 3);
            int named = named(parts[2].replaceAll("--[^\n]*", ""));
            int read = 0;
            for (String sql : SqlTexts.ofBody(parts[1], parts[2])) {
                if (named(sql) > 0) {
                    TenantPredicates.Report report = TenantPredicates.of(sql, tables);
                    read += report.touched();
                    report.unbound()
                            .forEach(table -> found.computeIfAbsent(parts[0], name -> new ArrayList<>())
                                    .add(table + " in: " + sql));
                }
            }
            assertThat(read).as("tables named in " + parts[0]).isEqualTo(named);
            touched += read;
        }

        assertThat(found.keySet()).as(found.toString()).isEqualTo(EXCEPTIONS.keySet());
        assertThat(touched).as("tables named in functions").isGreaterThan(30);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT e.position FROM eventstream.events e",
                "SELECT e.position FROM eventstream.events e WHERE e.position = ?",
                "SELECT e.position FROM eventstream.events e WHERE e.tenant_id = ? OR e.position = ?",
                "SELECT e.position FROM eventstream.events e WHERE e.tenant_id <> ?",
                "SELECT e.position FROM eventstream.events e JOIN eventstream.streams s ON s.tenant_id = e.tenant_id",
                "SELECT e.position FROM eventstream.events e JOIN eventstream.streams s ON s.stream_id = e.stream_id WHERE e.tenant_id = ?",
                "SELECT s.id FROM unnest(?) AS s (id) WHERE EXISTS (SELECT FROM eventstream.events e WHERE e.position = s.id)",
                "WITH x AS (SELECT e.position FROM eventstream.events e) SELECT x.position FROM x",
                "(SELECT e.position FROM eventstream.events e WHERE e.tenant_id = ?) UNION ALL (SELECT e.position FROM eventstream.events e)",
                "UPDATE eventstream.projections p SET state = ? WHERE p.projection = ?",
                "DELETE FROM eventstream.snapshots s WHERE s.version < ?",
                "INSERT INTO eventstream.snapshots (version) VALUES (?)",
                "WITH gone AS (DELETE FROM eventstream.parked_events p WHERE p.slot = ?) SELECT 1",
            })
    void aStatementThatForgetsItsTenantIsFound(String planted) {
        assertThat(TenantPredicates.of(planted, tables).unbound()).isNotEmpty();
    }

    @Test
    void aForgetfulConstantOfAClassIsFound() throws Exception {
        byte[] file = TenantPredicateTest.class
                .getResourceAsStream("TenantPredicateTest$Forgetful.class")
                .readAllBytes();

        assertThat(SqlTexts.ofClass(file))
                .singleElement()
                .satisfies(sql -> assertThat(
                                TenantPredicates.of(filled(sql), tables).unbound())
                        .containsExactly("events e"));
    }

    /** A planted statement. */
    static final class Forgetful {

        String sql() {
            return "SELECT count(*) FROM ${schema}.events e";
        }
    }

    private static int named(String sql) {
        int named = 0;
        Matcher table = TABLE_NAMED.matcher(sql);
        while (table.find()) {
            named += tables.contains(table.group(1)) ? 1 : 0;
        }
        return named;
    }

    /** Fills in what is filled in at run time and has to do with no tenant. */
    private static String filled(String template) {
        return template.replace("${schema}", SchemaName.DEFAULT.value())
                .replace("${key}", "p.tenant_id = ? AND p.projection = ?")
                .replace("${columns}", "1")
                .replace("${row}", "1")
                .replace("${seal}", "1")
                .replace("${build_columns}", "1")
                .replace("${filters}", "")
                .replace("${stream}", "")
                .replace("${direction}", "ASC");
    }
}
