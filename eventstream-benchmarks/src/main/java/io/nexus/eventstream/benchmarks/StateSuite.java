package io.nexus.eventstream.benchmarks;

import java.util.Collection;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.util.Statistics;

/** Runs what concerns states, and prints it. */
final class StateSuite {

    void run() throws RunnerException {
        Collection<RunResult> loads = results(StreamLoadBenchmark.class);
        Collection<RunResult> balances = results(TrialBalanceBenchmark.class);

        System.out.printf(
                "%nThe state of a stream of %,d events, microseconds%n%-22s %8s %8s %8s %8s%n",
                StreamLoadBenchmark.EVENTS, "", "p50", "p95", "p99", "ratio");
        double raw = statistics(loads, "rawLoop").getPercentile(50);
        double rawAsOf = statistics(loads, "rawAsOfBusinessTime").getPercentile(50);
        print("raw loop", statistics(loads, "rawLoop"), raw);
        print("from all events", statistics(loads, "fromEvents"), raw);
        print("from a snapshot", statistics(loads, "fromSnapshot"), raw);
        print("from memory", statistics(loads, "fromMemory"), raw);
        print("raw loop as of", statistics(loads, "rawAsOfBusinessTime"), rawAsOf);
        print("as of business time", statistics(loads, "asOfBusinessTime"), rawAsOf);

        double ours = statistics(balances, "trialBalance").getPercentile(50);
        double rawBalance = statistics(balances, "rawLoop").getPercentile(50);
        System.out.printf(
                "%nThe balances of 1,000 accounts over %,d events as of a business time, seconds%n"
                        + "EventStream %.2f, raw loop %.2f, ratio %.2f%n",
                TrialBalanceBenchmark.EVENTS, ours / 1_000, rawBalance / 1_000, ours / rawBalance);
    }

    private static Collection<RunResult> results(Class<?> benchmark) throws RunnerException {
        return new Runner(new OptionsBuilder().include(benchmark.getName()).build()).run();
    }

    private static Statistics statistics(Collection<RunResult> results, String method) {
        return results.stream()
                .filter(result -> result.getPrimaryResult().getLabel().equals(method))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no result of " + method))
                .getPrimaryResult()
                .getStatistics();
    }

    private static void print(String name, Statistics statistics, double raw) {
        double median = statistics.getPercentile(50);
        System.out.printf(
                "%-22s %8.0f %8.0f %8.0f %8.2f%n",
                name, median, statistics.getPercentile(95), statistics.getPercentile(99), median / raw);
    }
}
