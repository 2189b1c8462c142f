package io.nexus.eventstream.benchmarks;

import io.nexus.eventstream.benchmarks.Workload.Measure;
import io.nexus.eventstream.benchmarks.Workload.Side;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A workload's outcome.
 *
 * @param unit of the values
 * @param ours the library's, the medians over all rounds
 * @param raw the raw database's; where it has several ways, the best one
 * @param beside other ways, which the aim does not speak of
 * @param aim how ours divided by raw should be, empty if nothing was promised
 * @param verdict whether the aim is met
 */
record Comparison(
        String name,
        String title,
        String unit,
        Figures ours,
        Other raw,
        List<Other> beside,
        @Nullable String aim,
        @Nullable String verdict) {

    /**
     * What ours is compared with.
     *
     * @param ratio ours divided by this: the median of the rounds' ratios
     * @param lowest the lowest ratio of a round
     * @param highest the highest ratio of a round
     */
    record Other(String title, Figures figures, double ratio, double lowest, double highest) {

        static Other of(String title, List<Figures> ours, List<Figures> theirs) {
            List<Double> ratios = new ArrayList<>();
            for (int round = 0; round < ours.size(); round++) {
                ratios.add(ours.get(round).value() / theirs.get(round).value());
            }
            return new Other(
                    title,
                    Figures.medians(theirs),
                    Figures.rounded(Figures.median(ratios)),
                    Figures.rounded(Collections.min(ratios)),
                    Figures.rounded(Collections.max(ratios)));
        }
    }

    static Comparison of(Workload workload, Map<Side, List<Figures>> rounds) {
        List<Figures> ours = rounds(rounds, workload.sides.get(0));
        Comparator<Other> byValue =
                Comparator.comparingDouble(other -> other.figures().value());
        Comparator<Other> worseFirst = workload.measure == Measure.LATENCY ? byValue.reversed() : byValue;
        List<Other> beside = new ArrayList<>();
        List<Other> rivals = new ArrayList<>();
        for (Side side : workload.sides.subList(1, workload.sides.size())) {
            (side.rival() ? rivals : beside).add(Other.of(side.title(), ours, rounds(rounds, side)));
        }
        Other raw = rivals.stream().max(worseFirst).orElseThrow();
        rivals.remove(raw);
        beside.addAll(0, rivals);
        return new Comparison(
                workload.name,
                workload.title,
                workload.measure.unit,
                Figures.medians(ours),
                raw,
                beside,
                workload.aim == null ? null : workload.aim.toString(),
                workload.aim == null ? null : workload.aim.verdict(raw.lowest(), raw.highest()));
    }

    private static List<Figures> rounds(Map<Side, List<Figures>> rounds, Side side) {
        return Objects.requireNonNull(rounds.get(side), side.title());
    }
}
