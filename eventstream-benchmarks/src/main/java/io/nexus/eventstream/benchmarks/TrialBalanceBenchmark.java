package io.nexus.eventstream.benchmarks;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.benchmarks.BenchmarkDatabase.AccountDebited;
import io.nexus.eventstream.benchmarks.StateDatabase.Total;
import io.nexus.eventstream.core.EventStreamManager;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import tools.jackson.databind.json.JsonMapper;

/**
 * The balances of 1,000 accounts over 1,000,000 events as of a business time three quarters through, in one pass; beside a plain
 * loop that reads the two columns that it needs with a cursor, a thousand rows at a time.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 3)
public class TrialBalanceBenchmark {

    static final int EVENTS = 1_000_000;

    private static final int ACCOUNTS = 1_000;

    private static final String RAW = """
            SELECT
                e.stream_id,
                e.payload
            FROM eventstream.events e
            WHERE e.tenant_id = ?
              AND e.stream_category = ?
              AND e.occurred_at <= ?
            ORDER BY e.position
            """;

    private final JsonMapper mapper = BenchmarkDatabase.mapper();
    private final Instant moment = StateDatabase.momentAfter(EVENTS / 4 * 3);
    private BenchmarkDatabase database;
    private EventStreamManager ledger;

    /** Fills the log and checks that both ways give one answer. */
    @Setup
    public void open() throws SQLException {
        database = new BenchmarkDatabase(2);
        StateDatabase.fill(database.hastyStore(), EVENTS, ACCOUNTS);
        database.execute("VACUUM (ANALYZE) eventstream.events", "CHECKPOINT");
        ledger = EventStreamManager.builder()
                .store(database.store())
                .tenant(StateDatabase.TENANT)
                .build();
        if (!trialBalance().equals(rawLoop())) {
            throw new IllegalStateException("the trial balances differ");
        }
    }

    /** Closes the pool; the server ends with the fork. */
    @TearDown
    public void close() {
        database.close();
    }

    /** The library. */
    @Benchmark
    public Map<StreamId, Total> trialBalance() {
        return ledger.statesAt(StateDatabase.CATEGORY, AsOf.occurred(moment), StateDatabase.fold());
    }

    /** The plain loop. */
    @Benchmark
    public Map<StreamId, Total> rawLoop() throws SQLException {
        Map<StreamId, Total> totals = new HashMap<>();
        try (Connection connection = database.pool().getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement read = connection.prepareStatement(RAW)) {
                read.setFetchSize(1_000);
                read.setString(1, StateDatabase.TENANT.value());
                read.setString(2, StateDatabase.CATEGORY);
                read.setObject(3, OffsetDateTime.ofInstant(moment, ZoneOffset.UTC));
                try (ResultSet rows = read.executeQuery()) {
                    while (rows.next()) {
                        AccountDebited posting = mapper.readValue(rows.getBytes(2), AccountDebited.class);
                        StreamId account = StreamId.of(StateDatabase.CATEGORY, rows.getString(1));
                        totals.put(
                                account,
                                totals.getOrDefault(account, Total.NONE).plus(posting));
                    }
                }
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
        return totals;
    }
}
