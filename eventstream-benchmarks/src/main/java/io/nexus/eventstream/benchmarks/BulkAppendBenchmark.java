package io.nexus.eventstream.benchmarks;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.benchmarks.BenchmarkDatabase.AccountDebited;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Many events of a new stream in one append, beside the two fastest ways to put as many rows into a table with one commit: COPY,
 * and one INSERT over arrays.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class BulkAppendBenchmark {

    private static final TenantId TENANT = TenantId.of("acme");

    /** How many events an append has. */
    @Param({"100", "1000"})
    public int events;

    private final RawLog raw = new RawLog();
    private BenchmarkDatabase database;
    private EventStore store;
    private long next;

    /** Fills nothing. */
    @Setup
    public void open() {
        database = new BenchmarkDatabase(2);
        store = database.store();
        store.ensureTenant(TENANT);
    }

    /** Drops the database. */
    @TearDown
    public void close() {
        database.close();
    }

    /** The library. */
    @Benchmark
    public AppendResult append() {
        StreamId stream = StreamId.of("account", Long.toString(++next));
        List<NewEvent> newEvents = debits().stream().map(NewEvent::of).toList();
        return store.append(TENANT, new StreamAppend(stream, ExpectedVersion.noStream(), newEvents));
    }

    /** The raw database: COPY. */
    @Benchmark
    public long rawCopy() throws SQLException {
        try (Connection connection = database.pool().getConnection()) {
            return raw.copy(connection, TENANT.value(), Long.toString(++next), debits());
        }
    }

    /** The raw database: INSERT over arrays. */
    @Benchmark
    public int rawInsertAll() throws SQLException {
        try (Connection connection = database.pool().getConnection()) {
            return raw.insertAll(connection, TENANT.value(), Long.toString(++next), debits());
        }
    }

    private List<AccountDebited> debits() {
        return LongStream.range(0, events).mapToObj(AccountDebited::number).toList();
    }
}
