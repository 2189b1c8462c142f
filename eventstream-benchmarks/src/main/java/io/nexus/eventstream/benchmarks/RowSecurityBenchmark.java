package io.nexus.eventstream.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.benchmarks.BenchmarkDatabase.AccountDebited;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import java.util.UUID;
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

/** A log behind row-level security, and the same log without it ({@code …Open}), both used by a member of the writer. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RowSecurityBenchmark {

    private static final int EVENTS = 100_000;
    private static final int STREAMS = 100;
    private static final int PAGE = 1_000;
    private static final StreamId SHORT = StreamId.of("short", "1");

    private Log walled;
    private Log open;
    private long next;

    /** Opens two logs of 100,000 events. */
    @Setup
    public void open() {
        walled = new Log(true);
        open = new Log(false);
    }

    /** Closes the pools. */
    @TearDown
    public void close() {
        walled.close();
        open.close();
    }

    /** Appends an event. */
    @Benchmark
    public AppendResult append() {
        return append(walled.store);
    }

    /** Appends an event without row-level security. */
    @Benchmark
    public AppendResult appendOpen() {
        return append(open.store);
    }

    /** Reads a stream of one event. */
    @Benchmark
    public void readOne(Blackhole objects) {
        read(walled.store, EventQuery.stream(SHORT), 1, objects);
    }

    /** Reads a stream of one event without row-level security. */
    @Benchmark
    public void readOneOpen(Blackhole objects) {
        read(open.store, EventQuery.stream(SHORT), 1, objects);
    }

    /** Reads a stream of 1,000 events. */
    @Benchmark
    public void readStream(Blackhole objects) {
        read(walled.store, anyStream(), EVENTS / STREAMS, objects);
    }

    /** Reads a stream of 1,000 events without row-level security. */
    @Benchmark
    public void readStreamOpen(Blackhole objects) {
        read(open.store, anyStream(), EVENTS / STREAMS, objects);
    }

    /** Reads a page of the log, which is one append. */
    @Benchmark
    public EventPage readPage() {
        return walled.store.read(StateDatabase.TENANT, EventQuery.log().pageSize(PAGE));
    }

    /** Reads a page of the log without row-level security. */
    @Benchmark
    public EventPage readPageOpen() {
        return open.store.read(StateDatabase.TENANT, EventQuery.log().pageSize(PAGE));
    }

    /** Reads the first 100,000 events of the log. */
    @Benchmark
    public void replay(Blackhole objects) {
        read(walled.store, EventQuery.log().upTo(Position.of(EVENTS)), EVENTS, objects);
    }

    /** Reads the first 100,000 events of the log without row-level security. */
    @Benchmark
    public void replayOpen(Blackhole objects) {
        read(open.store, EventQuery.log().upTo(Position.of(EVENTS)), EVENTS, objects);
    }

    private AppendResult append(EventStore store) {
        return store.append(
                StateDatabase.TENANT,
                StreamAppend.of(
                        StreamId.of("new", UUID.randomUUID().toString()),
                        ExpectedVersion.noStream(),
                        NewEvent.of(AccountDebited.number(++next))));
    }

    private EventQuery anyStream() {
        return EventQuery.stream(StateDatabase.account((int) (++next % STREAMS)));
    }

    private static void read(EventStore store, EventQuery query, int expected, Blackhole objects) {
        int read = 0;
        for (RecordedEvent event : store.walk(StateDatabase.TENANT, query)) {
            objects.consume(event.payload());
            read++;
        }
        if (read != expected) {
            throw new IllegalStateException("%d events were read of %d".formatted(read, expected));
        }
    }

    /** One of the two. */
    private static final class Log {

        private final BenchmarkDatabase database;
        private final HikariDataSource pool;
        private final EventStore store;

        Log(boolean rowSecurity) {
            database = BenchmarkDatabase.filled(
                    "wall_" + rowSecurity, migrator -> migrator.rowSecurity(rowSecurity), Log::fill);
            pool = database.poolOfWriter();
            store = PostgresEventStore.create(pool, BenchmarkDatabase.TYPES);
        }

        private static void fill(BenchmarkDatabase empty) {
            EventStore hasty = empty.hastyStore();
            StateDatabase.fill(hasty, EVENTS, STREAMS);
            hasty.append(
                    StateDatabase.TENANT,
                    StreamAppend.of(SHORT, ExpectedVersion.noStream(), NewEvent.of(AccountDebited.number(1))));
        }

        void close() {
            pool.close();
            database.close();
        }
    }
}
