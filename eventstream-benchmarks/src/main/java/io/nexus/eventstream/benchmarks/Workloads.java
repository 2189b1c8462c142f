package io.nexus.eventstream.benchmarks;

import io.nexus.eventstream.benchmarks.Workload.Measure;
import java.util.ArrayList;
import java.util.List;

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
                replay(100_000),
                replay(1_000_000).notWhenQuick());
    }

    /** What proof and walls cost: the same call with and without them. */
    static List<Workload> walls() {
        return List.of(
                verify(100_000),
                walled("append", "one event, row-level security", Measure.LATENCY, 1),
                walled("readOne", "stream of one event, row-level security", Measure.LATENCY, 1)
                        .aim(1.1),
                walled("readStream", "stream of 1,000 events, row-level security", Measure.LATENCY, 1),
                walled("readPage", "page of 1,000 events, row-level security", Measure.LATENCY, 1),
                walled("replay", "replay of 100,000 events, row-level security", Measure.RATE, 100_000)
                        .aim(0.97),
                guarded("appendGuarded", "one event, guarded", "append"),
                guarded("appendAudited", "one event, guarded and audited", "append"),
                guarded("appendAuditedGoingOn", "one event, audit may fail", "append"),
                guarded("readGuarded", "stream of 100 events, guarded", "read"),
                guarded("readAudited", "stream of 100 events, guarded and audited", "read"),
                personal("append-personal", "one event, two fields encrypted", "append"),
                personal("read-personal", "stream of 1,000 events, two fields encrypted", "read"));
    }

    private static Workload guarded(String method, String title, String plain) {
        return Workload.of("audit-" + method, title, AuditBenchmark.class, Measure.LATENCY)
                .ours(method)
                .rival(plain, "without a guard");
    }

    private static Workload personal(String name, String title, String call) {
        return Workload.of(name, title, EncryptionBenchmark.class, Measure.LATENCY)
                .ours(call + "Encrypted")
                .rival(call + "Clear", "not encrypted");
    }

    private static Workload walled(String method, String title, Measure measure, int events) {
        return Workload.of("row-security-" + method, title, RowSecurityBenchmark.class, measure)
                .events(events)
                .ours(method)
                .rival(method + "Open", "without row-level security");
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
