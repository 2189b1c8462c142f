package io.nexus.eventstream.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a run has measured.
 *
 * @param date when it ended, UTC
 * @param rounds how often each method had its turn
 * @param disk what events take, if that was asked for
 */
record BenchmarkReport(
        String date,
        int rounds,
        Environment environment,
        List<Comparison> workloads,
        @Nullable DiskSpace disk) {

    static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    static BenchmarkReport read(Path file) {
        return MAPPER.readValue(file, BenchmarkReport.class);
    }

    void write(Path file) throws IOException {
        write(file, this);
    }

    static void write(Path file, Object report) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, MAPPER.writeValueAsString(report).replace("\r\n", "\n") + "\n");
    }

    void print(PrintStream out) {
        Environment.Machine machine = environment.machine();
        out.printf(
                "%n%s, %d cores, %.0f GiB, %s, %s; load before: %.1f%n",
                machine.cpu(), machine.cores(), machine.memoryGiB(), machine.os(), machine.disk(), machine.load());
        out.printf("%s%n%s%n", environment.versions(), environment.server());
        out.printf("commit %s, %d rounds; times are microseconds%n%n", environment.commit(), rounds);
        out.printf(
                "%-44s %-8s %8s %8s %6s %-11s %-24s %-20s %-20s %s%n",
                "", "", "ours", "raw", "ratio", "spread", "aim", "ours p50/p95/p99", "raw p50/p95/p99", "raw is");
        for (Comparison workload : workloads) {
            line(out, workload, workload.raw(), true);
            workload.beside().forEach(other -> line(out, workload, other, false));
        }
        if (disk != null) {
            out.printf(
                    "%-44s %-8s %8.0f %8.0f %6.2f, of ours %.0f are indexes, of both %.0f are payload%n",
                    "disk", "bytes", disk.ours(), disk.raw(), disk.ratio(), disk.oursIndexes(), disk.payload());
        }
    }

    private static void line(PrintStream out, Comparison workload, Comparison.Other other, boolean first) {
        out.printf(
                "%-44s %-8s %8.0f %8.0f %6.2f %-11s %-24s %-20s %-20s %s%n",
                first ? workload.title() : "",
                first ? workload.unit() : "",
                workload.ours().value(),
                other.figures().value(),
                other.ratio(),
                "%.2f-%.2f".formatted(other.lowest(), other.highest()),
                first && workload.aim() != null ? workload.aim() + " " + workload.verdict() : "",
                first ? times(workload.ours()) : "",
                times(other.figures()),
                other.title());
    }

    private static String times(Figures figures) {
        return "%.0f/%.0f/%.0f".formatted(figures.p50(), figures.p95(), figures.p99());
    }
}
