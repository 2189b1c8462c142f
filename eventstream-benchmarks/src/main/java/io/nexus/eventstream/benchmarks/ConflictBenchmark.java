package io.nexus.eventstream.benchmarks;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.benchmarks.BenchmarkDatabase.AccountDebited;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * Threads that all want to append to one stream: each asks for its version, appends to exactly that, and begins anew after a
 * conflict, at once. A sample is one append that succeeded, its conflicts included. The raw database does the same with the unique
 * index.
 *
 * <p>In the end the stream must hold each event that was reported as appended once, and no other.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Threads(16)
public class ConflictBenchmark {

    private static final TenantId TENANT = TenantId.of("acme");
    private static final StreamId STREAM = StreamId.of("account", "1000");
    private static final String UNIQUE_VIOLATION = "23505";

    private static final String VERSION = """
            SELECT
                e.version
            FROM raw.events e
            WHERE e.tenant_id = ?
              AND e.stream_category = ?
              AND e.stream_id = ?
            ORDER BY e.version DESC
            LIMIT 1
            """;

    private static final String CHECK = """
            SELECT
                concat_ws(' ', count(*), count(DISTINCT e.payload->>'entry'), max(e.version), min(e.version))
            FROM ${table} e
            WHERE e.stream_id = '1000'
            """;

    private final RawLog raw = new RawLog();
    private final AtomicLong number = new AtomicLong();
    private final AtomicLong appended = new AtomicLong();
    private BenchmarkDatabase database;
    private EventStore store;

    /** Appends the first event on both sides. */
    @Setup
    public void open() throws SQLException {
        database = new BenchmarkDatabase(16);
        store = database.store();
        AccountDebited first = AccountDebited.number(0);
        store.append(TENANT, StreamAppend.of(STREAM, ExpectedVersion.noStream(), NewEvent.of(first)));
        try (Connection connection = database.pool().getConnection()) {
            raw.insert(connection, TENANT.value(), STREAM.aggregateId().value(), 1, first);
        }
    }

    /** Compares what was reported with what is there. */
    @TearDown
    public void check() {
        long expected = appended.get() + 1;
        long untouched = 1;
        String ours = database.value(CHECK.replace("${table}", "eventstream.events"));
        String theirs = database.value(CHECK.replace("${table}", "raw.events"));
        String all = "%d %d %d 1".formatted(expected, expected, expected);
        String one = "%d %d %d 1".formatted(untouched, untouched, untouched);
        database.close();
        if (!(ours.equals(all) && theirs.equals(one)) && !(ours.equals(one) && theirs.equals(all))) {
            throw new IllegalStateException(
                    "%d events were appended to one of the streams; events, different ones, last and first version are %s and %s"
                            .formatted(expected, ours, theirs));
        }
    }

    /** The library. */
    @Benchmark
    public AppendResult append() {
        NewEvent event = NewEvent.of(AccountDebited.number(number.incrementAndGet()));
        while (true) {
            try {
                ExpectedVersion current = ExpectedVersion.exactly(store.version(TENANT, STREAM));
                AppendResult result = store.append(TENANT, StreamAppend.of(STREAM, current, event));
                appended.incrementAndGet();
                return result;
            } catch (ConcurrencyException e) {
                // Another was faster: again.
            }
        }
    }

    /** The raw database. */
    @Benchmark
    public long rawInsert() throws SQLException {
        AccountDebited event = AccountDebited.number(number.incrementAndGet());
        while (true) {
            try (Connection connection = database.pool().getConnection()) {
                long version = version(connection) + 1;
                raw.insert(connection, TENANT.value(), STREAM.aggregateId().value(), version, event);
                return appended.incrementAndGet();
            } catch (SQLException e) {
                if (!UNIQUE_VIOLATION.equals(e.getSQLState())) {
                    throw e;
                }
            }
        }
    }

    private static long version(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(VERSION)) {
            select.setString(1, TENANT.value());
            select.setString(2, STREAM.category());
            select.setString(3, STREAM.aggregateId().value());
            try (ResultSet row = select.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }
}
