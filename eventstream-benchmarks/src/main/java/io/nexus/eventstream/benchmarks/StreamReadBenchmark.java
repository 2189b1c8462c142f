package io.nexus.eventstream.benchmarks;

import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.benchmarks.BenchmarkDatabase.AccountDebited;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;
import tools.jackson.databind.json.JsonMapper;

/**
 * A stream of 1,000 events, read to objects of their types, one of a hundred streams that were written in turns; beside a SELECT of
 * the same columns of the same rows with and without the same decoding, and one of the payload alone.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class StreamReadBenchmark {

    static final int EVENTS = 1_000;

    private static final int STREAMS = 100;

    private static final String SELECT = """
            SELECT
                ${columns}
            FROM eventstream.events e
            WHERE e.tenant_id = ?
              AND e.stream_category = ?
              AND e.stream_id = ?
            ORDER BY e.version
            """;

    private static final String ROWS = SELECT.replace("${columns}", RawLog.READ_COLUMNS);
    private static final String PAYLOADS = SELECT.replace("${columns}", "e.payload");

    private final RawLog raw = new RawLog();
    private final JsonMapper mapper = BenchmarkDatabase.mapper();
    private BenchmarkDatabase database;
    private EventStore store;
    private int next;

    /** Opens a log of 100,000 events. */
    @Setup
    public void open() {
        database = log(STREAMS * EVENTS, STREAMS);
        store = database.store();
    }

    /** Returns a filled log whose streams have as many events each. */
    static BenchmarkDatabase log(int events, int streams) {
        return BenchmarkDatabase.filled(
                "log_" + events, empty -> StateDatabase.fill(empty.hastyStore(), events, streams));
    }

    /** Closes the pool. */
    @TearDown
    public void close() {
        database.close();
    }

    /** The library. */
    @Benchmark
    public void read(Blackhole objects) {
        int read = 0;
        for (RecordedEvent event : store.walk(StateDatabase.TENANT, EventQuery.stream(StateDatabase.account(turn())))) {
            objects.consume(event.payload());
            read++;
        }
        requireAll(read);
    }

    /** The raw database, the same columns and the same decoding. */
    @Benchmark
    public void rawDecoded(Blackhole objects) throws SQLException {
        select(ROWS, row -> objects.consume(raw.decoded(row)));
    }

    /** The raw database, the same columns. */
    @Benchmark
    public void rawUndecoded(Blackhole objects) throws SQLException {
        select(ROWS, row -> objects.consume(raw.undecoded(row)));
    }

    /** The raw database, the payload only, with the same decoding. */
    @Benchmark
    public void rawPayloads(Blackhole objects) throws SQLException {
        select(PAYLOADS, row -> objects.consume(mapper.readValue(row.getBytes(1), AccountDebited.class)));
    }

    private void select(String sql, RowReader reader) throws SQLException {
        int read = 0;
        try (Connection connection = database.pool().getConnection();
                PreparedStatement select = connection.prepareStatement(sql)) {
            select.setString(1, StateDatabase.TENANT.value());
            select.setString(2, StateDatabase.CATEGORY);
            select.setString(3, StateDatabase.account(turn()).aggregateId().value());
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    reader.read(rows);
                    read++;
                }
            }
        }
        requireAll(read);
    }

    private int turn() {
        next = (next + 1) % STREAMS;
        return next;
    }

    private static void requireAll(int read) {
        if (read != EVENTS) {
            throw new IllegalStateException("%d events were read of %d".formatted(read, EVENTS));
        }
    }

    @FunctionalInterface
    private interface RowReader {
        void read(ResultSet row) throws SQLException;
    }
}
