package io.nexus.eventstream.benchmarks;

import io.nexus.eventstream.benchmarks.Comparison.Other;
import io.nexus.eventstream.benchmarks.GrowthReport.Step;
import io.nexus.eventstream.benchmarks.Plot.Bar;
import io.nexus.eventstream.benchmarks.Plot.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Puts what the runs have measured into {@code docs/performance.md}, as tables between {@code <!-- NAME -->} and
 * {@code <!-- /NAME -->}, and draws it. The prose around the tables is written by hand and left alone.
 */
public final class PerformancePage {

    private static final String NAME = "performance.md";

    private final Map<String, String> files = new LinkedHashMap<>();
    private String page;

    private PerformancePage(String page) {
        this.page = page;
    }

    /**
     * Writes the page anew.
     *
     * @param arguments the folder of the results, the folder of the page, and the folder to write to, which may be the same
     */
    public static void main(String[] arguments) throws IOException {
        write(Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]));
    }

    static void write(Path results, Path docs, Path target) throws IOException {
        for (Map.Entry<String, String> file :
                files(results, Files.readString(docs.resolve(NAME))).entrySet()) {
            Path path = target.resolve(file.getKey());
            Files.createDirectories(path.toAbsolutePath().getParent());
            Files.writeString(path, file.getValue());
        }
        System.out.printf("%s drawn from %s%n", target.resolve(NAME), results);
    }

    /** Returns the files to be written, by their path below the docs. */
    static Map<String, String> files(Path results, String page) {
        PerformancePage pages = new PerformancePage(page);
        pages.workloads(read(results.resolve("latest.json"), BenchmarkReport::read));
        pages.walls(read(results.resolve("walls.json"), BenchmarkReport::read));
        pages.growth(read(results.resolve("growth.json"), GrowthReport::read));
        pages.peers(read(results.resolve("peers.json"), BenchmarkReport::read));
        pages.files.put(NAME, pages.page);
        return pages.files;
    }

    private static <T> @Nullable T read(Path file, Function<Path, T> reader) {
        return Files.exists(file) ? reader.apply(file) : null;
    }

    private void workloads(@Nullable BenchmarkReport report) {
        if (report == null) {
            return;
        }
        section("machine", where(report.date(), report.environment()) + shortRun(report));
        section("workloads", comparisons(report, "raw", "raw is") + "\n" + picture("workloads"));
        section("times", times(report));
        List<Bar> bars = report.workloads().stream()
                .map(workload -> bar(workload.title(), workload.unit(), workload.raw(), true))
                .toList();
        files.put(
                "images/workloads.svg",
                Plot.bars("Speed beside the raw database, which is 1 (longer is faster)", bars));
        DiskSpace disk = report.disk();
        if (disk != null) {
            section(
                    "disk",
                    table(
                            List.of(
                                    "bytes an event",
                                    "EventStream",
                                    "of these, indexes",
                                    "raw",
                                    "ratio",
                                    "of both, payload"),
                            List.of(List.of(
                                    count(disk.events()) + " events, 1,000 streams",
                                    number(disk.ours()),
                                    number(disk.oursIndexes()),
                                    number(disk.raw()),
                                    ratio(disk.ratio()),
                                    number(disk.payload())))));
        }
    }

    private void walls(@Nullable BenchmarkReport report) {
        if (report != null) {
            section(
                    "walls",
                    where(report.date(), report.environment()) + shortRun(report) + "\n"
                            + comparisons(report, "without it", "without it is"));
        }
    }

    private void growth(@Nullable GrowthReport report) {
        if (report == null) {
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        for (Step step : report.steps()) {
            rows.add(List.of(
                    count(step.events()),
                    both(step.append()),
                    both(step.rawInsert()),
                    both(step.read()),
                    both(step.rawRead()),
                    number(step.bytes()),
                    count(step.vacuums()),
                    number(step.fillRate())));
        }
        section(
                "growth",
                where(report.date(), report.environment())
                        + "%n%s%n%n".formatted(report.end()).replace("\r\n", "\n")
                        + table(
                                List.of(
                                        "events",
                                        "append",
                                        "raw INSERT",
                                        "read of 100",
                                        "raw SELECT",
                                        "bytes an event",
                                        "autovacuums",
                                        "filled/s"),
                                rows)
                        + "\n" + picture("growth-append") + picture("growth-read"));
        List<String> sizes =
                report.steps().stream().map(step -> count(step.events())).toList();
        files.put(
                "images/growth-append.svg",
                Plot.lines(
                        "One event appended to a growing log, microseconds",
                        sizes,
                        lines(report, Step::append, Step::rawInsert)));
        files.put(
                "images/growth-read.svg",
                Plot.lines(
                        "A stream of 100 events read from a growing log, microseconds",
                        sizes,
                        lines(report, Step::read, Step::rawRead)));
    }

    private void peers(@Nullable BenchmarkReport report) {
        if (report == null) {
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        List<Bar> bars = new ArrayList<>();
        for (Comparison workload : report.workloads()) {
            rows.add(peer(workload, "EventStream", workload.ours(), null));
            bars.add(new Bar(workload.title() + ": EventStream", 1, 1, 1, true));
            List<Other> others = new ArrayList<>(workload.beside());
            others.add(workload.raw());
            for (Other other : others) {
                rows.add(peer(workload, other.title(), other.figures(), other));
                bars.add(inverse(bar(workload.title() + ": " + other.title(), workload.unit(), other, false)));
            }
        }
        section(
                "peers",
                where(report.date(), report.environment()) + shortRun(report) + "\n"
                        + table(
                                List.of(
                                        "workload",
                                        "store",
                                        "unit",
                                        "value",
                                        "p50/p95/p99 us",
                                        "EventStream divided by it"),
                                rows)
                        + "\n" + picture("peers"));
        files.put("images/peers.svg", Plot.bars("Speed beside EventStream, which is 1 (longer is faster)", bars));
    }

    private static List<String> peer(Comparison workload, String store, Figures figures, @Nullable Other other) {
        return List.of(
                other == null ? workload.title() : "",
                store,
                workload.unit(),
                number(figures.value()),
                all(figures),
                other == null
                        ? ""
                        : "%s (%s–%s)".formatted(ratio(other.ratio()), ratio(other.lowest()), ratio(other.highest())));
    }

    /** Returns how fast ours is beside the other: the ratio, turned around where less is better. */
    private static Bar bar(String label, String unit, Other other, boolean accent) {
        Bar bar = new Bar(label, other.ratio(), other.lowest(), other.highest(), accent);
        return unit.equals(Workload.Measure.LATENCY.unit) ? inverse(bar) : bar;
    }

    private static Bar inverse(Bar bar) {
        return new Bar(bar.label(), 1 / bar.value(), 1 / bar.highest(), 1 / bar.lowest(), bar.accent());
    }

    private static List<Line> lines(GrowthReport report, Function<Step, Figures> ours, Function<Step, Figures> raw) {
        return List.of(
                new Line("EventStream p50", values(report, ours, Figures::p50), true, false),
                new Line("EventStream p95", values(report, ours, Figures::p95), true, true),
                new Line("raw p50", values(report, raw, Figures::p50), false, false),
                new Line("raw p95", values(report, raw, Figures::p95), false, true));
    }

    private static List<Double> values(
            GrowthReport report, Function<Step, Figures> side, Function<Figures, Double> figure) {
        return report.steps().stream().map(side.andThen(figure)).toList();
    }

    private static String where(String date, Environment environment) {
        Environment.Machine machine = environment.machine();
        return """
                Measured %s at commit `%s` on %d cores (%s), %s GiB, %s, disk %s; client and server share the machine, whose load was %s before.
                %s. PostgreSQL: %s.
                """.formatted(
                        date,
                        environment.commit(),
                        machine.cores(),
                        machine.cpu(),
                        number(machine.memoryGiB()),
                        machine.os(),
                        machine.disk(),
                        number(machine.load()),
                        list(environment.versions(), "%s %s"),
                        list(environment.server(), "`%s` = %s"));
    }

    private static String shortRun(BenchmarkReport report) {
        return report.rounds() == 1
                ? "\n**One short round, to see that everything runs: these figures mean nothing.**\n"
                : "";
    }

    private static String list(Map<String, String> values, String form) {
        return String.join(
                ", ",
                values.entrySet().stream()
                        .map(entry -> form.formatted(entry.getKey(), entry.getValue()))
                        .toList());
    }

    private static String comparisons(BenchmarkReport report, String beside, String besideIs) {
        List<List<String>> rows = new ArrayList<>();
        for (Comparison workload : report.workloads()) {
            rows.add(comparison(workload, workload.raw(), aim(report, workload)));
            workload.beside().forEach(other -> rows.add(comparison(workload, other, null)));
        }
        return table(
                List.of("workload", "unit", "EventStream", beside, "ratio", "of the rounds", "aim", besideIs), rows);
    }

    /** Returns the aim and whether it is met, of which one round says nothing. */
    private static String aim(BenchmarkReport report, Comparison workload) {
        if (workload.aim() == null) {
            return "";
        }
        return report.rounds() == 1 ? workload.aim() : "%s, %s".formatted(workload.aim(), workload.verdict());
    }

    /** Returns a row; without an aim it goes on with the workload of the row before. */
    private static List<String> comparison(Comparison workload, Other other, @Nullable String aim) {
        boolean first = aim != null;
        return List.of(
                first ? workload.title() : "",
                first ? workload.unit() : "",
                first ? number(workload.ours().value()) : "",
                number(other.figures().value()),
                ratio(other.ratio()),
                "%s–%s".formatted(ratio(other.lowest()), ratio(other.highest())),
                first ? aim : "",
                other.title());
    }

    private static String times(BenchmarkReport report) {
        List<List<String>> rows = report.workloads().stream()
                .map(workload -> List.of(
                        workload.title(),
                        all(workload.ours()),
                        all(workload.raw().figures())))
                .toList();
        return table(List.of("microseconds a call", "EventStream p50/p95/p99", "raw p50/p95/p99"), rows);
    }

    private static String table(List<String> head, List<List<String>> rows) {
        StringBuilder table =
                new StringBuilder(row(head)).append("|---".repeat(head.size())).append("|\n");
        rows.forEach(cells -> table.append(row(cells)));
        return table.toString();
    }

    private static String row(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }

    private static String picture(String name) {
        return "![%s](images/%s.svg)\n".formatted(name, name);
    }

    private static String all(Figures figures) {
        return "%s / %s / %s".formatted(number(figures.p50()), number(figures.p95()), number(figures.p99()));
    }

    private static String both(Figures figures) {
        return "%s / %s".formatted(number(figures.p50()), number(figures.p95()));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }

    private static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String ratio(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private void section(String name, String content) {
        String begin = "<!-- %s -->\n".formatted(name);
        String end = "<!-- /%s -->".formatted(name);
        int from = page.indexOf(begin);
        int to = page.indexOf(end);
        if (from < 0 || to < from) {
            throw new IllegalStateException("%s has no section from %s to %s".formatted(NAME, begin.strip(), end));
        }
        page = page.substring(0, from + begin.length()) + content + page.substring(to);
    }
}
