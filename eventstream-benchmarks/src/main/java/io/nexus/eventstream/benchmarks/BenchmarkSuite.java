package io.nexus.eventstream.benchmarks;

import io.nexus.eventstream.localpostgres.LocalPostgres;
import java.sql.SQLException;
import java.util.Collection;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.util.Statistics;

/**
 * Runs the benchmarks and prints ours beside raw and their ratio. Both sides take turns, fork by fork, so that a change of
 * the machine's mood meets both.
 */
public final class BenchmarkSuite {

    private BenchmarkSuite() {}

    /** Runs {@code appends}, {@code states}, {@code projections}, or {@code all} of them. */
    public static void main(String[] arguments) throws RunnerException, SQLException, InterruptedException {
        String part = arguments.length == 0 ? "all" : arguments[0];
        switch (part) {
            case "all" -> {
                runAppends();
                new StateSuite().run();
                new ProjectionSuite().run();
            }
            case "appends" -> runAppends();
            case "states" -> new StateSuite().run();
            case "projections" -> new ProjectionSuite().run();
            default ->
                throw new IllegalArgumentException(
                        "there is no part '%s': choose appends, states, projections or all".formatted(part));
        }
    }

    private static void runAppends() throws RunnerException {
        Options options = new OptionsBuilder()
                .include(SingleAppendBenchmark.class.getSimpleName())
                .forks(3)
                .warmupIterations(2)
                .warmupTime(TimeValue.seconds(3))
                .measurementIterations(4)
                .measurementTime(TimeValue.seconds(3))
                .build();
        Collection<RunResult> results = new Runner(options).run();
        Statistics ours = statistics(results, "append");
        Statistics raw = statistics(results, "rawInsert");
        System.out.printf(
                "%nSingle append to a new stream, microseconds (%s)%n%-12s %8s %8s %8s%n",
                LocalPostgres.server().kind(), "", "p50", "p95", "p99");
        print("EventStream", ours);
        print("raw INSERT", raw);
        System.out.printf("ratio of the medians: %.2f%n", ours.getPercentile(50) / raw.getPercentile(50));
    }

    private static Statistics statistics(Collection<RunResult> results, String method) {
        return results.stream()
                .map(RunResult::getPrimaryResult)
                .filter(result -> result.getLabel().equals(method))
                .findFirst()
                .orElseThrow()
                .getStatistics();
    }

    private static void print(String name, Statistics statistics) {
        System.out.printf(
                "%-12s %8.0f %8.0f %8.0f%n",
                name, statistics.getPercentile(50), statistics.getPercentile(95), statistics.getPercentile(99));
    }
}
