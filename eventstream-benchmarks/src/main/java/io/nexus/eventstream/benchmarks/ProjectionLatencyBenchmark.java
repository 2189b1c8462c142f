package io.nexus.eventstream.benchmarks;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import java.time.Duration;
import java.util.Random;
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
 * From the return of an append to the read model with the event in it, one event at a time, with an engine that is at rest.
 * The append itself is not in the time.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 1, time = 6)
@Measurement(iterations = 1, time = 20)
public class ProjectionLatencyBenchmark {

    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Random random = new Random(7);
    private BenchmarkDatabase database;
    private PostgresEventStore store;
    private PostgresEventStore otherStore;
    private ProjectionEngine engine;
    private int next;

    /** Starts an engine over a log that it has caught up with. */
    @Setup(Level.Trial)
    public void open() {
        database = new BenchmarkDatabase(8);
        store = database.store();
        otherStore = database.store();
        engine = ProjectionEngine.builder(store)
                .projector(new AccountBalances())
                .pollInterval(POLL)
                .build();
        PostingLog.fill(store, 1_000);
        engine.start();
        await(append(store));
    }

    /** Stops the engine and the pool. */
    @TearDown(Level.Trial)
    public void close() {
        engine.close();
        database.close();
    }

    /** An event of the engine's own store, which wakes the engine. */
    @State(Scope.Benchmark)
    public static class Woken {

        private AppendResult result;

        /** Appends it, a few milliseconds after the one before. */
        @Setup(Level.Invocation)
        public void append(ProjectionLatencyBenchmark benchmark) throws InterruptedException {
            TimeUnit.MILLISECONDS.sleep(2 + benchmark.random.nextInt(8));
            result = benchmark.append(benchmark.store);
        }
    }

    /** An event of another store, as another process has one, which the engine finds when it looks. */
    @State(Scope.Benchmark)
    public static class Found {

        private AppendResult result;

        /** Appends it at any moment between two polls, not always just after one. */
        @Setup(Level.Invocation)
        public void append(ProjectionLatencyBenchmark benchmark) throws InterruptedException {
            TimeUnit.MILLISECONDS.sleep(benchmark.random.nextInt((int) POLL.toMillis()));
            result = benchmark.append(benchmark.otherStore);
        }
    }

    /** The time to the read model where the engine hears of the append. */
    @Benchmark
    public void woken(Woken event) {
        await(event.result);
    }

    /** The time to the read model where the engine has to look, every 500 ms. */
    @Benchmark
    public void found(Found event) {
        await(event.result);
    }

    private AppendResult append(PostgresEventStore by) {
        return PostingLog.append(by, PostingLog.TENANT, ++next);
    }

    private void await(AppendResult result) {
        engine.awaitProjection(PostingLog.TENANT, result, AccountBalances.NAME, TIMEOUT);
    }
}
