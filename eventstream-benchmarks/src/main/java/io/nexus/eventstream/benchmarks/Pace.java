package io.nexus.eventstream.benchmarks;

import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** How much time a run takes itself. */
enum Pace {
    /** To publish. */
    FULL(3, 2_000, 3_000, 3),
    /** To see that everything runs. Its figures mean nothing. */
    QUICK(1, 300, 500, 1);

    final int rounds;

    private final int warmupMillis;
    private final int measuredMillis;
    private final int longCalls;

    Pace(int rounds, int warmupMillis, int measuredMillis, int longCalls) {
        this.rounds = rounds;
        this.warmupMillis = warmupMillis;
        this.measuredMillis = measuredMillis;
        this.longCalls = longCalls;
    }

    /** Sets how long one method of a workload is called in one round. */
    void set(ChainedOptionsBuilder options, Workload workload) {
        options.forks(1)
                .warmupIterations(1)
                .measurementIterations(workload.single ? longCalls : 1)
                .warmupTime(TimeValue.milliseconds(warmupMillis))
                .measurementTime(TimeValue.milliseconds(measuredMillis));
    }
}
