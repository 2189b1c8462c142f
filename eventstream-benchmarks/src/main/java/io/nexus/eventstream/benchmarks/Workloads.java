package io.nexus.eventstream.benchmarks;

import io.nexus.eventstream.benchmarks.Workload.Measure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is measured, in the order of the table. The aims are those that the library was built for, on two cores. */
final class Workloads {

    private Workloads() {}

    static List<Workload> appends() {
        List<Workload> appends = new ArrayList<>();
        appends.add(Workload.of("append", "one event, new stream", SingleAppendBenchmark.class, Measure.LATENCY)
                .ours("append")
                .rival("rawInsert", "INSERT")
                .aim(1.4));
        appends.add(
                Workload.of("append-exactly", "one event, exact version", SingleAppendBenchmark.class, Measure.LATENCY)
                        .ours("appendExactly")
                        .rival("rawInsertExactly", "INSERT")
                        .aim(1.4));
        appends.add(concurrentAppends(16, 1).aim(1.5));
        appends.add(concurrentAppends(64, 1).aim(2.5));
        appends.add(concurrentAppends(16, 64).aim(1.0));
        appends.add(bulkAppend(100).aim(0.9));
        appends.add(bulkAppend(1_000).aim(0.9));
        appends.add(
                Workload.of("conflicts", "16 threads, one stream, retries", ConflictBenchmark.class, Measure.THROUGHPUT)
                        .threads(16)
                        .ours("append")
                        .rival("rawInsert", "INSERT, unique index"));
        appends.add(Workload.of(
                        "append-personal",
                        "one event, two fields encrypted",
                        EncryptionBenchmark.class,
                        Measure.LATENCY)
                .ours("appendEncrypted")
                .rival("appendClear", "the same store, not encrypted"));
        return appends;
    }

    static List<Workload> reads() {
        return List.of(
                Workload.of("read-stream", "stream of 1,000 events", StreamReadBenchmark.class, Measure.LATENCY)
                        .ours("read")
                        .rival("rawDecoded", "SELECT, same decoding")
                        .beside("rawUndecoded", "SELECT, not decoded")
                        .beside("rawPayloads", "SELECT payload, same decoding")
                        .aim(1.15),
                Workload.of(
                                "read-personal",
                                "stream of 1,000 events, two fields encrypted",
                                EncryptionBenchmark.class,
                                Measure.LATENCY)
                        .ours("readEncrypted")
                        .rival("readClear", "the same store, not encrypted"),
                replay(100_000),
                replay(1_000_000).notWhenQuick(),
                verify(100_000),
                verify(1_000_000).notWhenQuick());
    }

    /** What row-level security costs: the same call on the same log with and without it. */
    static List<Workload> walls() {
        return List.of(
                walled("append", "one event, new stream", Measure.LATENCY, 1),
                walled("readOne", "a stream of one event", Measure.LATENCY, 1).aim(1.1),
                walled("readStream", "stream of 1,000 events", Measure.LATENCY, 1),
                walled("readPage", "page of 100 events of the log", Measure.LATENCY, 1),
                walled("replay", "replay of 100,000 events", Measure.RATE, 100_000)
                        .aim(0.97));
    }

    private static Workload walled(String method, String title, Measure measure, int events) {
        return Workload.of("row-security-" + method, title, RowSecurityBenchmark.class, measure)
                .events(events)
                .side(new Workload.Side(method, Map.of(), "with row-level security", false))
                .rival(method + "Open", "without");
    }

    private static Workload concurrentAppends(int threads, int tenants) {
        return Workload.of(
                        "append-%d-threads-%d-tenants".formatted(threads, tenants),
                        "%d threads, %d tenant%s".formatted(threads, tenants, tenants == 1 ? "" : "s"),
                        ConcurrentAppendBenchmark.class,
                        Measure.THROUGHPUT)
                .with("tenants", tenants)
                .threads(threads)
                .ours("append")
                .rival("rawInsert", "INSERT");
    }

    private static Workload bulkAppend(int events) {
        return Workload.of(
                        "append-" + events,
                        "%,d events in one append".formatted(events),
                        BulkAppendBenchmark.class,
                        Measure.RATE)
                .with("events", events)
                .events(events)
                .ours("append")
                .rival("rawCopy", "COPY")
                .rival("rawInsertAll", "INSERT over arrays");
    }

    private static Workload replay(int events) {
        return Workload.of(
                        "replay-" + events,
                        "replay of %,d events".formatted(events),
                        ReplayBenchmark.class,
                        Measure.RATE)
                .with("events", events)
                .events(events)
                .longCalls()
                .ours("replay")
                .rival("rawCursor", "cursor, same decoding")
                .aim(0.85);
    }

    private static Workload verify(int events) {
        return Workload.of(
                        "verify-" + events,
                        "verification of %,d events".formatted(events),
                        VerifyBenchmark.class,
                        Measure.RATE)
                .with("events", events)
                .events(events)
                .longCalls()
                .ours("verify")
                .rival("rawColumns", "cursor, SHA-256")
                .rival("rawBytes", "cursor over bytes, SHA-256")
                .beside("verifyReadAhead", "EventStream, reading ahead")
                .aim(0.8);
    }
}
