package io.nexus.eventstream.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/**
 * How a log behaves while it grows.
 *
 * @param date when the run ended, UTC
 * @param end why the run ended
 * @param steps from the smallest log to the largest
 */
record GrowthReport(String date, Environment environment, int tenants, String end, List<Step> steps) {

    /**
     * A log of one size. All times are microseconds.
     *
     * @param events in the log
     * @param fillRate events a second from the step before to this one, ours, by several threads
     * @param append one event with its exact version, to a tenant picked as the log was filled
     * @param rawInsert the same row, autocommitted
     * @param read a stream of 100 events, decoded
     * @param rawRead the same rows by SELECT, with the same decoding
     * @param bytes an event takes, table and indexes
     * @param vacuums how often autovacuum has been at the events
     */
    record Step(
            long events,
            double fillRate,
            Figures append,
            Figures rawInsert,
            Figures read,
            Figures rawRead,
            double bytes,
            long vacuums) {}

    static GrowthReport read(Path file) {
        return BenchmarkReport.MAPPER.readValue(file, GrowthReport.class);
    }

    void write(Path file) throws IOException {
        BenchmarkReport.write(file, this);
    }

    void print(PrintStream out) {
        out.printf(
                "%nA growing log of %,d tenants; p50/p95, microseconds%n%12s %12s %16s %16s %16s %16s %8s %8s%n",
                tenants, "events", "filled/s", "append", "raw INSERT", "read", "raw SELECT", "bytes", "vacuums");
        for (Step step : steps) {
            out.printf(
                    "%,12d %,12.0f %16s %16s %16s %16s %8.0f %8d%n",
                    step.events(),
                    step.fillRate(),
                    times(step.append()),
                    times(step.rawInsert()),
                    times(step.read()),
                    times(step.rawRead()),
                    step.bytes(),
                    step.vacuums());
        }
        out.printf("%s%n", end);
    }

    private static String times(Figures figures) {
        return "%.0f/%.0f".formatted(figures.p50(), figures.p95());
    }
}
