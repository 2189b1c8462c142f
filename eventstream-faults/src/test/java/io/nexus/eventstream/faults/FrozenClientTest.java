package io.nexus.eventstream.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LaneBusyException;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.faults.Book.Entry;
import io.nexus.eventstream.faults.Book.Fact;
import io.nexus.eventstream.faults.Book.Told;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** JVMs that the operating system stops where it hurts, and lets go on when nobody expects them any more. */
@ExtendWith(FaultReport.class)
class FrozenClientTest {

    private static final TenantId ACME = TenantId.of("acme");

    private final Book book = new Book();
    private final List<Process> children = new ArrayList<>();
    private Server server;

    @BeforeEach
    void start() {
        server = Server.create().start();
        Pools.install(server, "acme", "bolt");
    }

    @AfterEach
    void stop() {
        children.forEach(Process::destroyForcibly);
        server.close();
    }

    @Test
    @DisplayName("a writer frozen with the lane in its hand, which wakes and commits")
    void aFrozenWriterIsNamedAndGoesOnUnharmed(Figures figures) throws IOException {
        try (HikariDataSource pool = Pools.pool(server.url(), 16);
                Load load =
                        Load.on(Pools.store(pool).build(), book).tenants("bolt").start()) {
            for (int round = 0; round < 3; round++) {
                Child child = child("hold", "0");
                Programs.signal("STOP", child.process.pid());
                figures.faults(1);
                assertNamed(pool);
                load.awaitProgress(200);
                Programs.signal("CONT", child.process.pid());
                child.say("commit");
                child.expect("committed");
                note(child, Told.NOTHING);
                assertThat(server.query("SELECT count(*) FROM eventstream.events WHERE tenant_id = 'acme'"))
                        .containsExactly(Integer.toString(round + 1));
            }
            load.settle();
            assertThat(load.busy.get()).isZero();
            figures.load(load);
        }
        figures.checked(Oracle.check(server.url(), book));
    }

    @Test
    @DisplayName("a writer frozen with the lane in its hand, which the server lets go")
    void theServerFreesTheLaneOfAFrozenWriterWhichThenCommitsNothing(Figures figures) throws IOException {
        try (HikariDataSource pool = Pools.pool(server.url(), 16)) {
            Child child = child("hold", "2000");
            Programs.signal("STOP", child.process.pid());
            figures.faults(1);
            try (Load load = Load.on(Pools.store(pool).build(), book).start()) {
                // The frozen one had taken position 1 of acme; others get it, and nobody waits for ever.
                await().until(() -> server.query(
                                "SELECT count(*) > 20 FROM eventstream.events WHERE tenant_id = 'acme'")
                        .equals(List.of("t")));
                Programs.signal("CONT", child.process.pid());
                child.say("commit");
                child.expect("refused");
                note(child, Told.REFUSED);
                load.awaitProgress(300);
                load.settle();
                figures.load(load);
            }
        }
        figures.checked(Oracle.check(server.url(), book));
    }

    @Test
    @DisplayName("a projection's worker frozen past its lease, again and again")
    void aFrozenWorkerIsSucceededAndCommitsNothingWhenItWakes(Figures figures) throws IOException {
        try (HikariDataSource pool = Pools.pool(server.url(), 16)) {
            PostgresEventStore store = Pools.store(pool).build();
            try (Load load = Load.on(store, book).start()) {
                Child child = child("project", "0");
                for (int round = 0; round < 4; round++) {
                    awaitOwner("child");
                    Programs.signal("STOP", child.process.pid());
                    figures.faults(1);
                    try (ProjectionEngine engine = Journal.engine(store, "parent")) {
                        engine.start();
                        awaitOwner("parent");
                        Programs.signal("CONT", child.process.pid());
                        load.awaitProgress(200);
                    }
                }
                load.settle();
                figures.load(load);
                Journal.awaitEnd(server);
                child.say("close");
            }
        }
        figures.checked(Oracle.check(server.url(), book));
        figures.checked(Journal.assertEqualsLog(server, "v1_a"));
    }

    private void awaitOwner(String owner) {
        await().until(() -> server.query("SELECT lease_owner FROM eventstream.projections WHERE tenant_id = 'acme'")
                .equals(List.of(owner)));
    }

    private static void assertNamed(HikariDataSource pool) {
        PostgresEventStore impatient =
                Pools.store(pool).laneTimeout(Duration.ofMillis(300)).build();
        LaneBusyException busy = catchThrowableOfType(
                LaneBusyException.class,
                () -> impatient.append(
                        ACME,
                        new StreamAppend(
                                StreamId.of("account", "1"),
                                ExpectedVersion.any(),
                                List.of(NewEvent.of(new Load.Posted("in vain", 1))))));
        assertThat(busy.holders()).hasSize(1);
        assertThat(busy.holders().get(0).name()).isEqualTo("a JVM of its own");
    }

    private void note(Child child, Told told) {
        Entry entry = book.sent("acme", List.of(new Fact(child.event, "1", child.text)));
        entry.told = told;
    }

    private Child child(String task, String idleMillis) throws IOException {
        UUID event = UUID.randomUUID();
        String text = UUID.randomUUID().toString();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        OtherJvm.class.getName(),
                        server.url(),
                        task,
                        idleMillis,
                        event.toString(),
                        text)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        children.add(Programs.watched(process));
        Child child = new Child(process, process.inputReader(StandardCharsets.UTF_8), event, text);
        child.expect("ready");
        return child;
    }

    private record Child(Process process, BufferedReader answers, UUID event, String text) {

        void say(String order) throws IOException {
            process.getOutputStream().write((order + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        }

        void expect(String answer) throws IOException {
            String line = answers.readLine();
            assertThat(line)
                    .as(Arrays.toString(process.info().arguments().orElse(new String[0])))
                    .isEqualTo(answer);
        }
    }
}
