package io.nexus.eventstream.benchmarks;

import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.RecordedEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/**
 * A tenant's whole log, every payload opened, by one thread; beside a cursor over the same columns of the same rows with the same
 * decoding. The library gives its connection back after each page, the cursor keeps a transaction open to the end.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ReplayBenchmark {

    private static final int FETCH_SIZE = 1_000;

    private static final String SELECT = """
            SELECT
                ${columns}
            FROM eventstream.events e
            WHERE e.tenant_id = ?
            ORDER BY e.position
            """.replace("${columns}", RawLog.READ_COLUMNS);

    /** How long the log is. */
    @Param({"100000", "1000000"})
    public int events;

    private final RawLog raw = new RawLog();
    private BenchmarkDatabase database;
    private EventStore store;

    /** Opens the log. */
    @Setup
    public void open() {
        database = StreamReadBenchmark.log(events, events / StreamReadBenchmark.EVENTS);
        store = database.store();
    }

    /** Closes the pool. */
    @TearDown
    public void close() {
        database.close();
    }

    /** The library. */
    @Benchmark
    public void replay(Blackhole objects) {
        int read = 0;
        for (RecordedEvent event : store.walk(StateDatabase.TENANT, EventQuery.log())) {
            objects.consume(event.payload());
            read++;
        }
        requireAll(read);
    }

    /** The raw database. */
    @Benchmark
    public void rawCursor(Blackhole objects) throws SQLException {
        int read = 0;
        try (Connection connection = database.pool().getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement select = RawLog.binary(connection.prepareStatement(SELECT))) {
                select.setFetchSize(FETCH_SIZE);
                select.setString(1, StateDatabase.TENANT.value());
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        objects.consume(raw.decoded(rows));
                        read++;
                    }
                }
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
        requireAll(read);
    }

    private void requireAll(int read) {
        if (read != events) {
            throw new IllegalStateException("%d events were read of %d".formatted(read, events));
        }
    }
}
