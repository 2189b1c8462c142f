package io.nexus.eventstream.benchmarks;

import io.nexus.eventstream.benchmarks.BenchmarkDatabase.AccountDebited;
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
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.Blackhole;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * One event store of several: each thread appends to a stream of its own, whose version it expects, or reads a stream of 1,000
 * events. Each thread can have a connection.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PeerBenchmark {

    static final int EVENTS = 1_000;

    private static final int STREAMS = 3;

    /** Which store. */
    @Param({OwnPeers.OURS, OwnPeers.RAW})
    public String store = "";

    private BenchmarkDatabase database;
    private PeerStore peer;

    /** Opens the store on an empty database. */
    @Setup
    public void open(BenchmarkParams parameters) {
        database = new BenchmarkDatabase(2);
        peer = OwnPeers.open(store, database.url(), parameters.getThreads() + 1);
    }

    /** Drops the database. */
    @TearDown
    public void close() {
        peer.close();
        database.close();
    }

    /** What one thread writes. */
    @State(Scope.Thread)
    public static class Writer {

        private String stream = "";
        private long version;

        /** Gives the thread a stream of its own. */
        @Setup
        public void begin(ThreadParams thread) {
            stream = "growing-" + thread.getThreadIndex();
        }
    }

    /** Streams to be read. */
    @State(Scope.Benchmark)
    public static class Streams {

        private int next;

        /** Writes them through the store, in turns. */
        @Setup
        public void fill(PeerBenchmark benchmark) {
            for (int version = 1; version <= EVENTS; version++) {
                for (int stream = 0; stream < STREAMS; stream++) {
                    benchmark.peer.append("stream-" + stream, version, AccountDebited.number(version));
                }
            }
            benchmark.database.execute("VACUUM (ANALYZE)", "CHECKPOINT");
        }

        private String turn() {
            next = (next + 1) % STREAMS;
            return "stream-" + next;
        }
    }

    /** One event. */
    @Benchmark
    public void append(Writer writer) {
        writer.version++;
        peer.append(writer.stream, writer.version, AccountDebited.number(writer.version));
    }

    /** One stream. */
    @Benchmark
    public void read(Streams streams, Blackhole objects) {
        int read = peer.read(streams.turn(), objects::consume);
        if (read != EVENTS) {
            throw new IllegalStateException("%s read %d events of %d".formatted(store, read, EVENTS));
        }
    }
}
