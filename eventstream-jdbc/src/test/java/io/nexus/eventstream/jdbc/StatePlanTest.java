package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.jdbc.schema.SchemaName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked about snapshots and numbers walks an index, and reads no more of the log than it must. */
class StatePlanTest {

    private static final TenantId BIG = TenantId.of("big");
    private static final int EVENTS = 5_000;

    private static final StateStatements SQL = new StateStatements(SchemaName.DEFAULT);
    private static final String STREAM = "'big', 'note', '1'";
    private static final String ANY_MOMENT = ", 'fold', 1, 1000000, 'infinity', 'infinity'";

    private static FreshDatabase plain;
    private static FreshDatabase partitioned;

    @BeforeAll
    static void fill() {
        plain = FreshDatabase.empty();
        SchemaMigrator.of(plain.pool()).migrate();
        partitioned = FreshDatabase.empty();
        SchemaMigrator.of(partitioned.pool()).partitions(4).migrate();
        for (FreshDatabase database : List.of(plain, partitioned)) {
            FreshDatabase.fill(database.store(), BIG, EVENTS, 50);
            FreshDatabase.fill(database.store(), TenantId.of("small"), 100, 5);
            database.store().statistics().tenant(BIG);
            database.execute(
                    """
                    INSERT INTO eventstream.streams
                    SELECT 'big', 'order', n::text, n % 100 + 1, 100 FROM generate_series(1, 5000) n
                    """,
                    """
                    INSERT INTO eventstream.snapshots
                    SELECT
                        'big', 'note', s::text, 'fold', 1, v, sha256(''), now(), now(), now(), '', '{}'
                    FROM generate_series(1, 100) s, generate_series(1, 50) v
                    """, "ANALYZE eventstream.events", "ANALYZE eventstream.streams", "ANALYZE eventstream.snapshots");
        }
    }

    @AfterAll
    static void close() {
        plain.close();
        partitioned.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"find", "list", "delete", "stream"})
    void everyQuestionAboutAStreamWalksAnIndex(String question) throws SQLException {
        for (FreshDatabase database : List.of(plain, partitioned)) {
            List<String> plan = switch (question) {
                case "find" -> plan(database, SQL.find, STREAM + ANY_MOMENT);
                case "list" -> plan(database, SQL.list, STREAM);
                case "delete" -> plan(database, SQL.delete, STREAM + ", 'fold', 1, 7");
                default -> plan(database, SQL.stream, String.join(", ", STREAM, STREAM, STREAM));
            };

            assertThat(plan).anyMatch(line -> line.contains("Index"));
            assertThat(plan).noneMatch(line -> line.contains("Seq Scan"));
        }
    }

    @Test
    void theNewestSnapshotIsTheFirstThatTheIndexGives() throws SQLException {
        List<String> plan = plan(plain, SQL.find, STREAM + ANY_MOMENT);

        assertThat(plan).noneMatch(line -> line.contains("Sort"));
        assertThat(plan).anyMatch(line -> line.contains("Index Scan Backward using snapshots_pkey"));
    }

    @Test
    void streamsThatNeedSnapshotsAreFoundByTheirLengthsAndWithoutTheLog() throws SQLException {
        for (FreshDatabase database : List.of(plain, partitioned)) {
            List<String> plan = plan(database, SQL.needing, "'big', 'order', 90, 'fold', 1, 90, 10");

            assertThat(plan).anyMatch(line -> line.contains("Backward using streams_version_idx"));
            assertThat(plan).noneMatch(line -> line.contains("Seq Scan"));
            assertThat(plan).noneMatch(line -> line.contains("events"));
        }
    }

    @Test
    void whatIsOldIsDeletedWithoutTheLog() throws SQLException {
        assertThat(plan(plain, SQL.deleteOld, "'big', 'big', '-infinity', 1"))
                .noneMatch(line -> line.contains("events"));
    }

    @Test
    void theNumbersOfALogThatHasBeenCountedCostSomeProbes() throws SQLException {
        for (FreshDatabase database : List.of(plain, partitioned)) {
            long[] cost = eventsRead(database, "SELECT * FROM eventstream.tenant_statistics_v1('big', 100000)");

            assertThat(cost[0]).as("sequential scans").isZero();
            assertThat(cost[1])
                    .as("events read; two searches take some 13 steps each")
                    .isBetween(1L, 60L);
        }
    }

    @Test
    void countingReadsOnlyWhatWasRecordedSinceTheLastCount() throws SQLException {
        for (FreshDatabase database : List.of(plain, partitioned)) {
            database.store().statistics().tenant(BIG);
            for (int i = 0; i < 7; i++) {
                FreshDatabase.fill(database.store(), BIG, 1, 1);
            }

            long[] cost = eventsRead(database, "SELECT eventstream.count_events_v1('big', 100000)");

            assertThat(cost[0]).as("sequential scans").isZero();
            assertThat(cost[1]).as("events read").isBetween(7L, 20L);
            assertThat(database.store().statistics().stream(BIG, StreamId.of("note", "0"))
                            .counted())
                    .isEqualTo(database.store()
                            .version(BIG, StreamId.of("note", "0"))
                            .value());
        }
    }

    /** Returns the plan that PostgreSQL keeps for a prepared statement once it no longer looks at the parameters. */
    private static List<String> plan(FreshDatabase database, String sql, String values) throws SQLException {
        StringBuilder numbered = new StringBuilder();
        int number = 0;
        for (String part : sql.split("\\?", -1)) {
            numbered.append(number == 0 ? "" : "$" + number).append(part);
            number++;
        }
        try (Connection connection = database.connect()) {
            FreshDatabase.query(connection, "SELECT set_config('plan_cache_mode', 'force_generic_plan', false)");
            connection.createStatement().execute("PREPARE looked_at AS " + numbered);
            return FreshDatabase.query(connection, "EXPLAIN (COSTS OFF) EXECUTE looked_at(%s)".formatted(values));
        }
    }

    /** Returns how many sequential scans of the log a statement makes, and how many events it fetches by an index. */
    private static long[] eventsRead(FreshDatabase database, String sql) throws SQLException {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            FreshDatabase.query(connection, sql);
            String[] counts = FreshDatabase.query(connection, """
                            SELECT sum(t.seq_scan), sum(coalesce(t.idx_tup_fetch, 0))
                            FROM pg_stat_xact_user_tables t
                            WHERE t.relname LIKE 'events%'
                            """).get(0).split("\\|", -1);
            connection.rollback();
            return new long[] {Long.parseLong(counts[0]), Long.parseLong(counts[1])};
        }
    }
}
