package io.nexus.eventstream.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.util.Statistics;

/** One thing that is measured: methods of one benchmark, ours the first, that are compared with each other. */
final class Workload {

    /** How the times of a method's calls become the figure that is compared. */
    enum Measure {
        /** Microseconds a call, the median. Less is better. */
        LATENCY("us"),
        /** Events a second by one thread, from the median. More is better. */
        RATE("events/s"),
        /**
         * Events a second by all threads, from the mean. More is better. A thread calls again as soon as it is answered, so the
         * number of threads divided by the mean is exactly what they get done.
         */
        THROUGHPUT("events/s");

        final String unit;

        Measure(String unit) {
            this.unit = unit;
        }
    }

    /**
     * A method that is compared.
     *
     * @param parameters of the benchmark, besides those of the workload
     * @param rival whether the library's figure is divided by this one's, the best one's if there are several
     */
    record Side(String method, Map<String, String> parameters, String title, boolean rival) {}

    final String name;
    final String title;
    final Class<?> benchmark;
    final Measure measure;
    final Map<String, String> parameters = new TreeMap<>();
    final List<Side> sides = new ArrayList<>();
    int threads = 1;
    int events = 1;
    boolean single;
    boolean quick = true;

    @Nullable
    Aim aim;

    private Workload(String name, String title, Class<?> benchmark, Measure measure) {
        this.name = name;
        this.title = title;
        this.benchmark = benchmark;
        this.measure = measure;
    }

    static Workload of(String name, String title, Class<?> benchmark, Measure measure) {
        return new Workload(name, title, benchmark, measure);
    }

    /** Sets a parameter of the benchmark. */
    Workload with(String parameter, Object value) {
        parameters.put(parameter, value.toString());
        return this;
    }

    /** Sets how many threads call. */
    Workload threads(int number) {
        threads = number;
        return this;
    }

    /** Sets how many events a call has. */
    Workload events(int number) {
        events = number;
        return this;
    }

    /** Says that a call takes so long that calls are counted, not seconds. */
    Workload longCalls() {
        single = true;
        return this;
    }

    /** Leaves it out where time is short. */
    Workload notWhenQuick() {
        quick = false;
        return this;
    }

    Workload ours(String method) {
        return side(new Side(method, Map.of(), "EventStream", false));
    }

    /** Adds what ours is divided by. */
    Workload rival(String method, String sideTitle) {
        return side(new Side(method, Map.of(), sideTitle, true));
    }

    /** Adds what is shown beside. */
    Workload beside(String method, String sideTitle) {
        return side(new Side(method, Map.of(), sideTitle, false));
    }

    Workload side(Side side) {
        sides.add(side);
        return this;
    }

    /** Sets how large ours divided by the rival's may be, or must be. */
    Workload aim(double ratio) {
        aim = new Aim(measure == Measure.LATENCY, ratio);
        return this;
    }

    /** Returns the figures of one run of one method, its times being microseconds. */
    Figures figures(Statistics times) {
        double median = times.getPercentile(50);
        double value = switch (measure) {
            case LATENCY -> median;
            case RATE -> events * 1e6 / median;
            case THROUGHPUT -> threads * (double) events * 1e6 / times.getMean();
        };
        return new Figures(value, median, times.getPercentile(95), times.getPercentile(99));
    }
}
