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
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One event by one thread, to a new stream or to one that grows, beside one autocommitted prepared INSERT of the same row into a
 * table of the same shape. Both take a connection from the same pool and wait for the disk.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SingleAppendBenchmark {

    private static final TenantId TENANT = TenantId.of("acme");
    private static final StreamId GROWING = StreamId.of("account", "growing");

    private final RawLog raw = new RawLog();
    private BenchmarkDatabase database;
    private EventStore store;
    private long next;

    /** Fills nothing: both sides begin with an empty table. */
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

    /** The library: lane, checks, hash chain, one row. */
    @Benchmark
    public AppendResult append() {
        StreamId account = StreamId.of("account", Long.toString(++next));
        return store.append(TENANT, StreamAppend.of(account, ExpectedVersion.noStream(), event()));
    }

    /** The library, the version expected to be exactly that of the event before. */
    @Benchmark
    public AppendResult appendExactly() {
        ExpectedVersion expected = next == 0 ? ExpectedVersion.noStream() : ExpectedVersion.exactly(next);
        next++;
        return store.append(TENANT, StreamAppend.of(GROWING, expected, event()));
    }

    /** The raw database: one row. */
    @Benchmark
    public int rawInsert() throws SQLException {
        try (Connection connection = database.pool().getConnection()) {
            next++;
            return raw.insert(connection, TENANT.value(), Long.toString(next), 1, AccountDebited.number(next));
        }
    }

    /** The raw database: one row, its version watched over by the unique index. */
    @Benchmark
    public int rawInsertExactly() throws SQLException {
        try (Connection connection = database.pool().getConnection()) {
            next++;
            return raw.insert(
                    connection, TENANT.value(), GROWING.aggregateId().value(), next, AccountDebited.number(next));
        }
    }

    private NewEvent event() {
        return NewEvent.of(AccountDebited.number(next));
    }
}
