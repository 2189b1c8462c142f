package io.nexus.eventstream.benchmarks;

import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A read model built from a log of 50,000 events by one worker, beside a plain JDBC loop over the same rows with the same
 * pages, the same statements and the same number of commits. All wait for the disk with each commit.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2)
@Measurement(iterations = 4)
public class ProjectionBenchmark {

    static final int EVENTS = 50_000;

    private static final int PAGE = 500;
    private static final String FIRST = AccountBalances.TABLE + "_v1_a";
    private static final String SECOND = AccountBalances.TABLE + "_v1_b";

    private BenchmarkDatabase database;
    private PostgresEventStore store;
    private RawProjection raw;
    private ProjectionEngine engine;

    /** Fills the log and brings the engine's read model up to date once, so that there is one to be rebuilt. */
    @Setup(Level.Trial)
    public void open() {
        database = new BenchmarkDatabase(4);
        store = database.store();
        PostingLog.fill(database.hastyStore(), EVENTS);
        RawProjection.prepare(database, PostingLog.TENANT.value());
        raw = new RawProjection(database.pool());
        database.execute(AccountBalances.create(SECOND));
        begin();
    }

    private void begin() {
        engine = engine();
        requireAll(engine.run());
        database.execute("VACUUM (ANALYZE) eventstream.events");
    }

    /** Starts each shot with an empty view, and without the dead rows of the shot before. */
    @Setup(Level.Invocation)
    public void tidy() {
        String spare = engine.table(PostingLog.TENANT, AccountBalances.NAME, AccountBalances.TABLE)
                        .equals(FIRST)
                ? SECOND
                : FIRST;
        database.execute("TRUNCATE %s, %s".formatted(spare, RawProjection.TABLE), "CHECKPOINT");
    }

    /** A new version of the log's reader: no view, no row, no lease. Everything of the engine is forgotten before. */
    @State(Scope.Benchmark)
    public static class Unbuilt {

        private ProjectionEngine engine;

        /** Forgets the projection. */
        @Setup(Level.Invocation)
        public void forget(ProjectionBenchmark benchmark) {
            benchmark.database.execute(
                    "DELETE FROM eventstream.projections", "TRUNCATE " + FIRST, "VACUUM eventstream.projections");
            engine = benchmark.engine();
        }
    }

    /** Stops the server's pool; the server ends with the fork. */
    @TearDown(Level.Trial)
    public void close() throws SQLException {
        requireSameBalances();
        engine.close();
        database.close();
    }

    /** The engine, from nothing to the end of the log. */
    @Benchmark
    public long catchUp(Unbuilt unbuilt) {
        return requireAll(unbuilt.engine.run());
    }

    /** The engine, a second read model beside the live one, up to taking its place. */
    @Benchmark
    public long rebuild() {
        engine.rebuild(PostingLog.TENANT, AccountBalances.NAME);
        return requireAll(engine.run());
    }

    /** The plain loop. */
    @Benchmark
    public long rawLoop() throws SQLException {
        return requireAll(raw.run(PostingLog.TENANT.value(), PAGE));
    }

    private ProjectionEngine engine() {
        return ProjectionEngine.builder(store)
                .projector(new AccountBalances())
                .owner("benchmark")
                .batchSize(PAGE)
                .build();
    }

    private static long requireAll(long handled) {
        if (handled != EVENTS) {
            throw new IllegalStateException("%d events were handled of %d".formatted(handled, EVENTS));
        }
        return handled;
    }

    /** A fast benchmark of a wrong read model would be worth nothing. */
    private void requireSameBalances() throws SQLException {
        BigDecimal expected = BigDecimal.valueOf((long) EVENTS * (EVENTS - 1) / 2, 2);
        String live = engine.table(PostingLog.TENANT, AccountBalances.NAME, AccountBalances.TABLE);
        try (Connection connection = database.pool().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT sum(balance) FROM " + live)) {
            row.next();
            if (row.getBigDecimal(1).compareTo(expected) != 0) {
                throw new IllegalStateException(
                        "the balances sum up to %s, not %s".formatted(row.getBigDecimal(1), expected));
            }
        }
    }
}
