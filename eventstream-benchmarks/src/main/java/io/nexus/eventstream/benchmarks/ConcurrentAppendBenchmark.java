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
import java.util.SplittableRandom;
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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * Many threads, each of which appends one event after the other, to new streams of one tenant or of a tenant picked at random;
 * beside as many autocommitting writers. Each thread can have a connection, on both sides.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Threads(16)
public class ConcurrentAppendBenchmark {

    /** How many tenants there are. */
    @Param({"1", "64"})
    public int tenants;

    private final RawLog raw = new RawLog();
    private BenchmarkDatabase database;
    private EventStore store;
    private TenantId[] names;

    /** Makes the tenants. */
    @Setup
    public void open(BenchmarkParams parameters) {
        database = new BenchmarkDatabase(parameters.getThreads());
        store = database.store();
        names = new TenantId[tenants];
        for (int tenant = 0; tenant < tenants; tenant++) {
            names[tenant] = TenantId.of("tenant-" + tenant);
            store.ensureTenant(names[tenant]);
        }
    }

    /** Drops the database. */
    @TearDown
    public void close() {
        database.close();
    }

    /** What one thread writes. */
    @State(Scope.Thread)
    public static class Writer {

        private SplittableRandom random = new SplittableRandom();
        private String prefix = "";
        private long next;

        /** Gives the thread streams of its own. */
        @Setup
        public void begin(ThreadParams thread) {
            prefix = thread.getThreadIndex() + "-";
            random = new SplittableRandom(thread.getThreadIndex());
        }

        private String nextStream() {
            return prefix + ++next;
        }
    }

    /** The library. */
    @Benchmark
    public AppendResult append(Writer writer) {
        TenantId tenant = names[writer.random.nextInt(names.length)];
        StreamId stream = StreamId.of("account", writer.nextStream());
        NewEvent event = NewEvent.of(AccountDebited.number(writer.next));
        return store.append(tenant, StreamAppend.of(stream, ExpectedVersion.noStream(), event));
    }

    /** The raw database. */
    @Benchmark
    public int rawInsert(Writer writer) throws SQLException {
        TenantId tenant = names[writer.random.nextInt(names.length)];
        String stream = writer.nextStream();
        try (Connection connection = database.pool().getConnection()) {
            return raw.insert(connection, tenant.value(), stream, 1, AccountDebited.number(writer.next));
        }
    }
}
