package io.nexus.eventstream.benchmarks;

import io.nexus.eventstream.benchmarks.Workload.Measure;
import io.nexus.eventstream.benchmarks.Workload.Side;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.openjdk.jmh.runner.RunnerException;

/** Runs the same workloads on the library, the raw database and all event stores of the class path. */
public final class PeerSuite {

    private PeerSuite() {}

    /**
     * Runs it.
     *
     * @param arguments {@code full} or {@code quick}; the folder that {@code peers.json} is written to; the folder of the docs; the
     *     folder that these are written to
     */
    public static void main(String[] arguments) throws RunnerException, SQLException, IOException {
        Pace pace = Pace.valueOf(arguments[0].toUpperCase(Locale.ROOT));
        Path folder = Path.of(arguments[1]);
        Map<String, String> peers = new TreeMap<>();
        ServiceLoader.load(Peer.class).forEach(peer -> peers.put(peer.name(), peer.version()));
        if (peers.isEmpty()) {
            throw new IllegalStateException("there is no other event store on the class path");
        }
        System.out.println("beside " + peers);
        List<Workload> workloads = List.of(
                Workload.of("peers-append", "one event, exact version", PeerBenchmark.class, Measure.LATENCY),
                Workload.of("peers-append-16", "16 threads, a stream each", PeerBenchmark.class, Measure.THROUGHPUT)
                        .threads(16),
                Workload.of("peers-read", "stream of 1,000 events", PeerBenchmark.class, Measure.LATENCY));
        for (Workload workload : workloads) {
            String method = workload.name.equals("peers-read") ? "read" : "append";
            workload.side(side(method, OwnPeers.OURS, false)).side(side(method, OwnPeers.RAW, true));
            peers.keySet().forEach(peer -> workload.side(side(method, peer, false)));
        }
        Environment environment = Environment.observe().with(peers);
        List<Comparison> comparisons = new Rounds(pace, Path.of("target/jmh")).run(workloads);
        String date = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        BenchmarkReport report = new BenchmarkReport(date, pace.rounds, environment, comparisons, null);
        report.write(folder.resolve("peers.json"));
        report.print(System.out);
        PerformancePage.write(folder, Path.of(arguments[2]), Path.of(arguments[3]));
    }

    private static Side side(String method, String store, boolean rival) {
        return new Side(method, Map.of("store", store), store, rival);
    }
}
