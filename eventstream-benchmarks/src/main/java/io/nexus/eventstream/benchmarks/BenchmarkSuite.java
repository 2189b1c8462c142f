package io.nexus.eventstream.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.openjdk.jmh.runner.RunnerException;

/** Runs benchmarks beside the raw database, prints a table and writes it down as JSON. */
public final class BenchmarkSuite {

    private static final Set<String> PARTS =
            new TreeSet<>(Set.of("appends", "reads", "walls", "states", "projections", "growth"));

    private BenchmarkSuite() {}

    /**
     * Runs parts of the suite.
     *
     * @param arguments the parts, with commas between them, or {@code all}; {@code full} or {@code quick}; the folder that
     *     results are written to; the folder of the docs; the folder that these are written to, the results put in
     */
    public static void main(String[] arguments)
            throws RunnerException, SQLException, InterruptedException, IOException {
        Set<String> parts = parts(arguments[0]);
        Pace pace = Pace.valueOf(arguments[1].toUpperCase(Locale.ROOT));
        Path folder = Path.of(arguments[2]);
        List<Workload> workloads = new ArrayList<>();
        if (parts.contains("appends")) {
            workloads.addAll(Workloads.appends());
        }
        if (parts.contains("reads")) {
            workloads.addAll(Workloads.reads());
        }
        if (!workloads.isEmpty()) {
            compare(workloads, pace, parts.contains("appends"), folder.resolve("latest.json"));
        }
        if (parts.contains("walls")) {
            compare(Workloads.walls(), pace, false, folder.resolve("walls.json"));
        }
        if (parts.contains("states")) {
            new StateSuite().run();
        }
        if (parts.contains("projections")) {
            new ProjectionSuite().run();
        }
        if (parts.contains("growth")) {
            GrowthReport report = new Growth(pace).run();
            report.write(folder.resolve("growth.json"));
            report.print(System.out);
        }
        PerformancePage.write(folder, Path.of(arguments[3]), Path.of(arguments[4]));
    }

    private static void compare(List<Workload> workloads, Pace pace, boolean withDisk, Path file)
            throws RunnerException, SQLException, InterruptedException, IOException {
        List<Workload> chosen = workloads.stream()
                .filter(workload -> pace == Pace.FULL || workload.quick)
                .toList();
        Environment environment = Environment.observe();
        List<Comparison> comparisons = new Rounds(pace, Path.of("target/jmh")).run(chosen);
        DiskSpace disk = withDisk ? DiskSpace.measure(pace == Pace.QUICK ? 2_000 : 50_000) : null;
        String date = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        BenchmarkReport report = new BenchmarkReport(date, pace.rounds, environment, comparisons, disk);
        report.write(file);
        report.print(System.out);
    }

    private static Set<String> parts(String argument) {
        Set<String> parts = new TreeSet<>(List.of(argument.split(",")));
        if (parts.remove("all")) {
            parts.addAll(List.of("appends", "reads", "walls", "states", "projections"));
        }
        if (!PARTS.containsAll(parts)) {
            throw new IllegalArgumentException("%s: the parts are %s, or all".formatted(argument, PARTS));
        }
        return parts;
    }
}
