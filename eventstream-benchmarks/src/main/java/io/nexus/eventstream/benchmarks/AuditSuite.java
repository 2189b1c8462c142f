package io.nexus.eventstream.benchmarks;

import io.nexus.eventstream.benchmarks.Workload.Measure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.openjdk.jmh.runner.RunnerException;

/** Runs what concerns the guard and its audit beside the plain store, and prints it. */
final class AuditSuite {

    void run(Pace pace) throws RunnerException, IOException {
        List<Comparison> comparisons = new Rounds(pace, Path.of("target/jmh"))
                .run(List.of(
                        workload("guarded append", "appendGuarded", "append"),
                        workload("audited append", "appendAudited", "append"),
                        workload("audited append, commits not waited for", "appendAuditedHastily", "append"),
                        workload("audited append, going on", "appendAuditedGoingOn", "append"),
                        workload("guarded read", "readGuarded", "read"),
                        workload("audited read", "readAudited", "read"),
                        workload("audited read, commits not waited for", "readAuditedHastily", "read")));

        System.out.printf(
                "%nThe guard beside the plain store, microseconds, one event appended or %d read%n%-40s %8s %8s %8s %8s%n",
                AuditBenchmark.EVENTS, "", "guarded", "plain", "ratio", "from to");
        for (Comparison comparison : comparisons) {
            System.out.printf(
                    "%-40s %8.0f %8.0f %8.2f %.2f-%.2f%n",
                    comparison.title(),
                    comparison.ours().value(),
                    comparison.raw().figures().value(),
                    comparison.raw().ratio(),
                    comparison.raw().lowest(),
                    comparison.raw().highest());
        }
    }

    private static Workload workload(String title, String method, String plain) {
        return Workload.of("audit-" + method, title, AuditBenchmark.class, Measure.LATENCY)
                .ours(method)
                .rival(plain, "plain store");
    }
}
