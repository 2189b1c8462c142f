package io.nexus.eventstream.benchmarks;

import io.nexus.eventstream.benchmarks.Workload.Side;
import io.nexus.eventstream.localpostgres.LocalPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.util.Statistics;

/**
 * Runs workloads in rounds, each method of a round in a JVM of its own, all on one server. The sides of a workload follow each
 * other at once, and begin in turns, so that a change of the machine's mood meets all of them; the ratio of a round compares only
 * what was measured within seconds.
 */
final class Rounds {

    private final Pace pace;
    private final Path logs;
    private final Map<Workload, Map<Side, List<Figures>>> figures = new HashMap<>();

    Rounds(Pace pace, Path logs) {
        this.pace = pace;
        this.logs = logs;
    }

    List<Comparison> run(List<Workload> workloads) throws RunnerException, IOException {
        Files.createDirectories(logs);
        for (int round = 1; round <= pace.rounds; round++) {
            for (Workload workload : workloads) {
                System.out.printf("round %d of %d: %s%n", round, pace.rounds, workload.title);
                List<Side> sides = new ArrayList<>(workload.sides);
                if (round % 2 == 0) {
                    Collections.reverse(sides);
                }
                for (Side side : sides) {
                    figures.computeIfAbsent(workload, each -> new HashMap<>())
                            .computeIfAbsent(side, each -> new ArrayList<>())
                            .add(measure(workload, side, round));
                }
            }
        }
        BenchmarkDatabase.dropFilled();
        return workloads.stream()
                .map(workload -> Comparison.of(workload, figures.getOrDefault(workload, Map.of())))
                .toList();
    }

    private Figures measure(Workload workload, Side side, int round) throws RunnerException, IOException {
        Path log = logs.resolve("%s-%s-%d.log".formatted(workload.name, side.method(), round));
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("%s\\.%s$".formatted(workload.benchmark.getName(), side.method()))
                .threads(workload.threads)
                .shouldFailOnError(true)
                .jvmArgsAppend(
                        "-Xms1g",
                        "-Xmx1g",
                        "-D%s=%s"
                                .formatted(
                                        LocalPostgres.URL_PROPERTY,
                                        LocalPostgres.server().adminUrl()))
                .output(log.toString());
        workload.parameters.forEach(options::param);
        side.parameters().forEach(options::param);
        pace.set(options, workload);
        try {
            Statistics times =
                    new Runner(options.build()).runSingle().getPrimaryResult().getStatistics();
            return workload.figures(times);
        } catch (RunnerException e) {
            System.err.println(Files.readString(log));
            throw e;
        }
    }
}
