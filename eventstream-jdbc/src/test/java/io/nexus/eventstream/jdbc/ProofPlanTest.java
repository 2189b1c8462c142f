package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.jdbc.schema.SchemaName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a proof reads it reads in the order of an index. */
class ProofPlanTest {

    private static final ProofStatements SQL = new ProofStatements(SchemaName.DEFAULT);

    @ParameterizedTest
    @ValueSource(ints = {0, 4})
    void rowsAndSealsComeInTheOrderOfTheirIndex(int partitions) throws SQLException {
        try (FreshDatabase database = FreshDatabase.empty()) {
            SchemaMigrator.of(database.pool()).partitions(partitions).migrate();
            FreshDatabase.fill(database.store(), TenantId.of("acme"), 2_000, 50);
            database.execute("""
                    INSERT INTO eventstream.seals
                    SELECT n, n, now(), now(), 'acme', 'k1', sha256(''), sha256(''), sha256(''), ''
                    FROM generate_series(1, 2000) n
                    """, "ANALYZE eventstream.events", "ANALYZE eventstream.seals");

            assertIndexed(plan(database, SQL.rows, "'acme', 100, 2000, 100"));
            assertIndexed(plan(database, SQL.newest, "'acme'"));
            assertIndexed(plan(database, SQL.seals, "'acme', 100, 10"));
            assertIndexed(plan(database, SQL.newestSeal, "'acme'"));
        }
    }

    private static void assertIndexed(List<String> plan) {
        assertThat(plan).anyMatch(line -> line.contains("Index Scan"));
        assertThat(plan)
                .noneMatch(line -> line.contains("Seq Scan") || line.strip().startsWith("->  Sort"));
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
}
