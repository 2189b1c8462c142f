package io.nexus.eventstream.benchmarks;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one method did.
 *
 * @param value what is compared, in the workload's unit
 * @param p50 the median time of a call, microseconds
 * @param p95 what 95 of 100 calls took at most
 * @param p99 what 99 of 100 calls took at most
 */
record Figures(double value, double p50, double p95, double p99) {

    /** Returns the median of each figure over rounds. */
    static Figures medians(List<Figures> rounds) {
        return new Figures(
                median(rounds, Figures::value),
                median(rounds, Figures::p50),
                median(rounds, Figures::p95),
                median(rounds, Figures::p99));
    }

    private static double median(List<Figures> rounds, ToDoubleFunction<Figures> figure) {
        return rounded(median(rounds.stream().map(figure::applyAsDouble).toList()));
    }

    /** Returns a number as precise as one that was measured can be. */
    static double rounded(double number) {
        return new BigDecimal(number).round(new MathContext(4)).doubleValue();
    }

    static double median(List<Double> numbers) {
        List<Double> sorted = numbers.stream().sorted(Comparator.naturalOrder()).toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
