package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.projection.SlotRole;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Worker processes that are killed or stopped by the operating system where it hurts most. */
class ProjectionCrashTest {

    private static final TenantId ACME = TenantId.of("acme");
    private static final int EVENTS = 1_000;

    private final List<Long> written = Collections.synchronizedList(new ArrayList<>());
    private final Journal journal = new Journal("journal", this::note);
    private final List<Process> children = new ArrayList<>();
    private FreshDatabase database;
    private PostgresEventStore store;

    @BeforeEach
    void fill() {
        database = FreshDatabase.migrated();
        store = database.store();
        FreshDatabase.fill(store, ACME, EVENTS, 7);
    }

    @AfterEach
    void close() {
        children.forEach(Process::destroyForcibly);
        database.close();
    }

    @Test
    void aWorkerKilledBetweenViewAndCommitIsSucceededByAnotherWithoutALossOrADouble() throws Exception {
        Process child = child("write", 450, 300);
        assertThat(checkpoint("v1_a")).containsExactly("400");

        kill(child);

        try (ProjectionEngine engine = engine()) {
            engine.start();
            await().until(() -> journal.isAtRest(database));
        }
        assertThat(written.get(0)).isEqualTo(401);
        journal.assertEqualsLog(database);
    }

    @Test
    void aRebuildKilledAtHalfGoesOnFromThereAndEqualsTheIncrementalReadModel() throws Exception {
        try (ProjectionEngine engine = engine()) {
            assertThat(engine.run()).isEqualTo(EVENTS);
        }
        written.clear();
        Process child = child("rebuild", 550, 300);
        assertThat(checkpoint("v1_b")).containsExactly("500");

        kill(child);
        FreshDatabase.fill(store, ACME, 50, 7);

        try (ProjectionEngine engine = engine()) {
            engine.start();
            await().until(() ->
                    engine.status(ACME, "journal").get(0).slot().equals("v1_b") && journal.isAtRest(database));
            assertThat(engine.table(ACME, "journal", "public.journal")).isEqualTo("public.journal_v1_b");
            assertThat(engine.status(ACME, "journal").get(1).role()).isEqualTo(SlotRole.PREVIOUS);
        }
        assertThat(written).contains(501L).doesNotContain(500L);
        journal.assertEqualsLog(database, "v1_b");
        assertThat(database.query(
                        "SELECT position, event_id FROM public.journal_v1_b WHERE position <= 1000 ORDER BY 1"))
                .isEqualTo(database.query(
                        "SELECT position, event_id FROM public.journal_v1_a WHERE position <= 1000 ORDER BY 1"));
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "it has no SIGSTOP")
    void aWorkerStoppedPastItsLeaseBeforeItMovesTheCheckpointWritesNothingWhenItWakes() throws Exception {
        Process child = child("read", 450, 300);
        signal(child, "STOP");
        awaitLeaseIsOver();

        try (ProjectionEngine engine = engine()) {
            assertThat(engine.run()).isEqualTo(EVENTS - 400);
            journal.assertEqualsLog(database);

            signal(child, "CONT");
            goOnAndClose(child);

            journal.assertEqualsLog(database);
            assertThat(database.query("SELECT lease_owner FROM eventstream.projections"))
                    .containsExactly("parent");
        }
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "it has no SIGSTOP")
    void aWorkerStoppedPastItsLeaseBetweenViewAndCommitKeepsOthersOutAndCommitsOnce() throws Exception {
        Process child = child("write", 450, 300);
        signal(child, "STOP");
        awaitLeaseIsOver();

        try (ProjectionEngine engine = engine()) {
            assertThat(engine.runOnce()).isZero();
            assertThat(checkpoint("v1_a")).containsExactly("400");

            signal(child, "CONT");
            goOnAndClose(child);

            engine.start();
            await().until(() -> journal.isAtRest(database));
            journal.assertEqualsLog(database);
        }
        assertThat(written).doesNotContain(450L);
    }

    private Process child(String where, int position, int leaseMillis) throws IOException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.util.logging.config.file=" + System.getProperty("java.util.logging.config.file", ""),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ProjectionWorker.class.getName(),
                        database.url(),
                        where,
                        Integer.toString(position),
                        Integer.toString(leaseMillis))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        children.add(child);
        BufferedReader answers = child.inputReader(StandardCharsets.UTF_8);
        assertThat(answers.readLine()).isEqualTo("reached");
        return child;
    }

    private static void kill(Process child) throws InterruptedException {
        assertThat(child.destroyForcibly().waitFor(1, TimeUnit.MINUTES)).isTrue();
    }

    private static void signal(Process child, String signal) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(child.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    private static void goOnAndClose(Process child) throws InterruptedException {
        PrintStream orders = new PrintStream(child.getOutputStream(), true, StandardCharsets.UTF_8);
        orders.println("go");
        orders.println("close");
        assertThat(child.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(child.exitValue()).isZero();
    }

    private void awaitLeaseIsOver() {
        await().until(() -> database.query("SELECT lease_until < eventstream.clock() FROM eventstream.projections")
                .equals(List.of("t")));
    }

    private List<String> checkpoint(String slot) {
        return database.query("SELECT checkpoint FROM eventstream.projections WHERE slot = '" + slot + "'");
    }

    private void note(RecordedEvent event) {
        written.add(event.position().value());
    }

    private ProjectionEngine engine() {
        return ProjectionEngine.builder(store)
                .projector(journal)
                .owner("parent")
                .batchSize(100)
                .lease(Duration.ofMinutes(10))
                .pollInterval(Duration.ofMillis(20))
                .build();
    }
}
