package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.jdbc.schema.SchemaName;
import io.nexus.eventstream.jdbc.schema.SchemaRoles;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every statement that reads walks an index in order and stops at its limit: no sequential scan, no sort, with the generic
 * plan that a prepared statement ends up with, on a plain table and on partitions, behind row-level security.
 */
class QueryPlanTest {

    private static final TenantId BIG = TenantId.of("big");
    private static final SchemaRoles ROLES = FreshDatabase.newRoles();

    /** A parameter and the word in front of it that says what it is. */
    private static final Pattern PARAMETER = Pattern.compile("(\\w+)((?: [<>=]+| = ANY)? \\(?)\\?");

    private static final Pattern SORT_NODE = Pattern.compile("^\\s*(->\\s+)?(Incremental )?Sort\\b(?! Key)");

    private static final Map<String, String> VALUES = Map.ofEntries(
            Map.entry("tenant_id", "'big'"),
            Map.entry("stream_category", "'note'"),
            Map.entry("stream_id", "'1'"),
            Map.entry("version", "1"),
            Map.entry("version up to", "1000000"),
            Map.entry("position", "0"),
            Map.entry("position up to", "1000000"),
            Map.entry("occurred_at up to", "'infinity'"),
            Map.entry("event_type", "'noted'"),
            Map.entry("event_id up to", "'00000000-0000-0000-0000-000000000000'"),
            Map.entry("event_id", "'00000000-0000-0000-0000-000000000000'"),
            Map.entry("LIMIT", "100"));

    private static FreshDatabase plain;
    private static FreshDatabase partitioned;

    @BeforeAll
    static void fill() {
        plain = FreshDatabase.owned(ROLES, migrator -> migrator.rowSecurity(true));
        partitioned = FreshDatabase.owned(
                ROLES, migrator -> migrator.rowSecurity(true).partitions(4));
        for (FreshDatabase database : List.of(plain, partitioned)) {
            FreshDatabase.fill(database.store(), BIG, 5_000, 50);
            for (int tenant = 0; tenant < 8; tenant++) {
                FreshDatabase.fill(database.store(), TenantId.of("small " + tenant), 100, 5);
            }
            database.execute("ANALYZE eventstream.events");
        }
    }

    @AfterAll
    static void close() {
        plain.close();
        partitioned.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stream",
                "stream backward",
                "stream of types",
                "log",
                "log backward",
                "log of categories",
                "log of one type",
                "log of one type backward",
                "log of three types",
                "log of types and categories",
                "version",
                "head",
                "find"
            })
    void everyReadWalksAnIndex(String read) throws SQLException {
        for (FreshDatabase database : List.of(plain, partitioned)) {
            List<String> plan = genericPlan(database, statements().get(read));

            assertThat(plan).as(read).anyMatch(line -> line.contains("Index"));
            assertThat(plan).as(read).noneMatch(line -> line.contains("Seq Scan"));
            assertThat(plan).as(read).noneMatch(line -> SORT_NODE.matcher(line).find());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stream", "log", "log of three types", "head"})
    void rowLevelSecurityIsOneQuestionAPlanAndNoFilterARow(String read) throws SQLException {
        List<String> plan = genericPlan(plain, statements().get(read));

        assertThat(plan)
                .as(String.join("\n", plan))
                .anyMatch(line -> line.contains("One-Time Filter: ") && line.contains("eventstream.tenant"))
                .noneMatch(line -> line.contains(" Filter: ")
                        && line.contains("eventstream.tenant")
                        && !line.contains("One-Time"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"stream", "log", "log of three types", "head"})
    void onlyThePartitionOfTheTenantIsTouched(String read) throws SQLException {
        List<String> plan = genericPlan(partitioned, statements().get(read));

        assertThat(plan)
                .filteredOn(line -> line.contains(" on events_"))
                .as(String.join("\n", plan))
                .isNotEmpty()
                .extracting(line -> line.replaceAll(".* on (events_\\d).*", "$1"))
                .satisfies(tables -> assertThat(tables.stream().distinct()).hasSize(1));
    }

    /**
     * What a transaction locks beyond sixteen relations is looked up in a table that all sessions share. A plan that no longer
     * looks at the tenant locks each partition, whichever it then needs: an append has such plans, a read has not.
     */
    @ParameterizedTest
    @CsvSource({"8, 20", "16, 28"})
    void anAppendAndReadsLockFewRelations(int partitions, int mostOfAnAppend) throws SQLException {
        try (FreshDatabase other = FreshDatabase.empty();
                Connection host = other.connect()) {
            SchemaMigrator.of(other.pool()).partitions(partitions).migrate();
            FreshDatabase.fill(other.store(), BIG, 200, 4);
            StreamId stream = StreamId.of("note", "1");
            host.setAutoCommit(false);
            JoinedEventStore joined = other.store().joining(host);

            Map<String, Runnable> calls = Map.of(
                    "append", () -> joined.append(BIG, FreshDatabase.notes(stream, ExpectedVersion.any(), "more")),
                    "stream", () -> joined.read(BIG, EventQuery.stream(stream)),
                    "log", () -> joined.read(BIG, EventQuery.log().ofTypes("noted")),
                    "head", () -> joined.head(BIG));
            for (Map.Entry<String, Runnable> call : calls.entrySet()) {
                // Often enough for the driver to prepare the statement, and for PostgreSQL to have made and kept its
                // plan.
                for (int i = 0; i < 20; i++) {
                    call.getValue().run();
                    host.commit();
                }
                call.getValue().run();
                assertThat(locked(host))
                        .as(call.getKey())
                        .hasSizeBetween(3, (call.getKey().equals("append") ? mostOfAnAppend : 20) - 1);
            }
        }
    }

    /** Returns what the transaction has locked, and ends it. */
    private static List<String> locked(Connection host) throws SQLException {
        List<String> relations = FreshDatabase.query(host, """
                SELECT c.relname, l.mode
                FROM pg_locks l
                JOIN pg_class c ON c.oid = l.relation
                WHERE l.pid = pg_backend_pid() AND c.relnamespace = 'eventstream'::regnamespace
                """);
        host.commit();
        return relations;
    }

    private static Map<String, String> statements() {
        Statements statements = new Statements(SchemaName.DEFAULT, true);
        EventQuery stream = EventQuery.stream(StreamId.of("note", "1"));
        EventQuery log = EventQuery.log();
        Map<String, String> texts = new TreeMap<>();
        texts.put("stream", statements.reads.text(stream));
        texts.put("stream backward", statements.reads.text(stream.backward()));
        texts.put("stream of types", statements.reads.text(stream.ofTypes("noted")));
        texts.put("log", statements.reads.text(log));
        texts.put("log backward", statements.reads.text(log.backward()));
        texts.put("log of categories", statements.reads.text(log.ofCategories("note")));
        texts.put("log of one type", statements.reads.text(log.ofTypes("noted")));
        texts.put(
                "log of one type backward",
                statements.reads.text(log.ofTypes("noted").backward()));
        texts.put("log of three types", statements.reads.text(log.ofTypes("noted", "b", "c")));
        texts.put(
                "log of types and categories",
                statements.reads.text(log.ofTypes("noted").ofCategories("note")));
        texts.put("version", statements.version);
        texts.put("head", statements.head);
        texts.put("find", statements.find);
        return texts;
    }

    /** Returns the plan that PostgreSQL keeps for a prepared statement once it no longer looks at the parameters. */
    private static List<String> genericPlan(FreshDatabase database, String sql) throws SQLException {
        StringBuilder numbered = new StringBuilder();
        List<String> values = new ArrayList<>();
        Matcher parameter = PARAMETER.matcher(sql);
        while (parameter.find()) {
            String value = VALUES.get(parameter.group(1) + (parameter.group(2).contains("<=") ? " up to" : ""));
            values.add(parameter.group(2).contains("ANY") ? "ARRAY[" + value + "]" : value);
            parameter.appendReplacement(numbered, "$1$2\\$" + values.size());
        }
        parameter.appendTail(numbered);
        assertThat(numbered.toString())
                .as("a parameter that the test does not know")
                .doesNotContain("?");
        try (Connection connection = database.connect()) {
            FreshDatabase.query(connection, "SELECT set_config('plan_cache_mode', 'force_generic_plan', false)");
            FreshDatabase.query(connection, "SELECT set_config('role', '%s', false)".formatted(ROLES.reader()));
            FreshDatabase.query(connection, "SELECT set_config('eventstream.tenant', 'big', false)");
            connection.createStatement().execute("PREPARE looked_at AS " + numbered);
            return FreshDatabase.query(
                    connection,
                    "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) EXECUTE looked_at(%s)"
                            .formatted(String.join(", ", values)));
        }
    }
}
