package io.nexus.eventstream.benchmarks;

import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What 1,000 tenants cost to whom nothing happens: statements a second, the server's share of one processor, and the one
 * query that looks at all of them. No JMH, since nothing is called; the engine is left alone and watched.
 */
final class IdleTenantsBenchmark {

    private static final int TENANTS = 1_000;
    private static final Duration WATCHED = Duration.ofSeconds(20);
    private static final int CALLS = 101;

    private IdleTenantsBenchmark() {}

    /**
     * What was seen.
     *
     * @param statementsPerSecond transactions that the database committed; each statement of an engine at rest is one
     * @param cpuPercent of one processor, by the server's processes of this database
     * @param dueMillis the median of the query for what is due
     */
    record Cost(double statementsPerSecond, double cpuPercent, double dueMillis) {}

    static Cost measure() throws SQLException, InterruptedException {
        try (BenchmarkDatabase database = new BenchmarkDatabase(6)) {
            PostgresEventStore hasty = database.hastyStore();
            for (int tenant = 0; tenant < TENANTS; tenant++) {
                PostingLog.append(hasty, TenantId.of("tenant-" + tenant), tenant);
            }
            PostgresEventStore store = database.store();
            AccountBalances balances = new AccountBalances();
            try (ProjectionEngine engine =
                    ProjectionEngine.builder(store).projector(balances).build()) {
                engine.run();
                database.execute("VACUUM (ANALYZE)");
                double dueMillis = medianDueMillis(store, balances);
                engine.start();
                return watched(database, dueMillis);
            }
        }
    }

    private static double medianDueMillis(PostgresEventStore store, AccountBalances balances) {
        List<Long> nanos = new ArrayList<>(CALLS);
        for (int call = 0; call < CALLS; call++) {
            long begin = System.nanoTime();
            int due = store.projections()
                    .due(List.of(balances), "benchmark", Optional.empty(), TENANTS)
                    .size();
            nanos.add(System.nanoTime() - begin);
            if (due != 0) {
                throw new IllegalStateException("%d projections are not at rest".formatted(due));
            }
        }
        return nanos.stream().sorted().toList().get(CALLS / 2) / 1e6;
    }

    private static Cost watched(BenchmarkDatabase database, double dueMillis)
            throws SQLException, InterruptedException {
        // A process of the server that is at rest may keep its counts back for ten seconds, those of the preparation
        // here.
        TimeUnit.SECONDS.sleep(12);
        long commits = commits(database);
        Duration cpu = serverCpu(database);
        long begin = System.nanoTime();
        TimeUnit.NANOSECONDS.sleep(WATCHED.toNanos());
        double seconds = (System.nanoTime() - begin) / 1e9;
        Duration used = serverCpu(database).minus(cpu);
        double statements = (commits(database) - commits) / seconds;
        return new Cost(statements, used.toNanos() / 1e7 / seconds, dueMillis);
    }

    private static long commits(BenchmarkDatabase database) throws SQLException {
        return numbers(database, "SELECT d.xact_commit FROM pg_stat_database d WHERE d.datname = current_database()")
                .get(0);
    }

    private static Duration serverCpu(BenchmarkDatabase database) throws SQLException {
        return numbers(database, "SELECT a.pid FROM pg_stat_activity a WHERE a.datname = current_database()").stream()
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .flatMap(process -> process.info().totalCpuDuration().stream())
                .reduce(Duration.ZERO, Duration::plus);
    }

    private static List<Long> numbers(BenchmarkDatabase database, String sql) throws SQLException {
        try (Connection connection = database.pool().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<Long> numbers = new ArrayList<>();
            while (rows.next()) {
                numbers.add(rows.getLong(1));
            }
            return numbers;
        }
    }
}
