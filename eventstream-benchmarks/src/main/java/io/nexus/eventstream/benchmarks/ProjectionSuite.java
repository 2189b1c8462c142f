package io.nexus.eventstream.benchmarks;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.util.Statistics;

/** Runs what concerns projections, in rounds so that all sides take turns, and prints it. */
final class ProjectionSuite {

    private static final int ROUNDS = 3;

    /** The medians of each round, milliseconds, by the method's name. */
    private final Map<String, List<Double>> medians = new TreeMap<>();

    void run() throws RunnerException, SQLException, InterruptedException {
        for (int round = 0; round < ROUNDS; round++) {
            results(ProjectionBenchmark.class)
                    .forEach(result -> medians.computeIfAbsent(
                                    result.getPrimaryResult().getLabel(), name -> new ArrayList<>())
                            .add(result.getPrimaryResult().getStatistics().getPercentile(50)));
        }
        Collection<RunResult> latencies = results(ProjectionLatencyBenchmark.class);
        IdleTenantsBenchmark.Cost idle = IdleTenantsBenchmark.measure();

        System.out.printf(
                "%nA read model of %,d events, 500 a commit%n%-12s %10s %8s%n",
                ProjectionBenchmark.EVENTS, "", "events/s", "ratio");
        printRate("catch-up", "catchUp");
        printRate("rebuild", "rebuild");
        printRate("raw JDBC", "rawLoop");
        System.out.printf("%nFrom append to read model, microseconds%n%-12s %8s %8s %8s%n", "", "p50", "p95", "p99");
        latencies.forEach(ProjectionSuite::printLatency);
        System.out.printf(
                "%n1,000 tenants at rest, polled every 500 ms: %.1f statements/s, %.1f %% of one processor, %.1f ms each%n",
                idle.statementsPerSecond(), idle.cpuPercent(), idle.dueMillis());
    }

    private static Collection<RunResult> results(Class<?> benchmark) throws RunnerException {
        return new Runner(new OptionsBuilder().include(benchmark.getName()).build()).run();
    }

    private void printRate(String name, String method) {
        List<Double> ours = medians.get(method);
        List<Double> raw = medians.get("rawLoop");
        if (ours == null || raw == null) {
            throw new IllegalStateException("there is no result of " + method);
        }
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            ratios.add(raw.get(round) / ours.get(round));
        }
        System.out.printf(
                "%-12s %10.0f %8.2f%n", name, ProjectionBenchmark.EVENTS / median(ours) * 1_000, median(ratios));
    }

    private static double median(List<Double> numbers) {
        return numbers.stream().sorted().toList().get(numbers.size() / 2);
    }

    private static void printLatency(RunResult result) {
        Statistics statistics = result.getPrimaryResult().getStatistics();
        System.out.printf(
                "%-12s %8.0f %8.0f %8.0f%n",
                result.getPrimaryResult().getLabel(),
                statistics.getPercentile(50),
                statistics.getPercentile(95),
                statistics.getPercentile(99));
    }
}
