package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.projection.LogRewoundException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A log that lacks events which a read model has seen: an older backup was restored under it. */
class ProjectionRewindTest {

    private static final TenantId ACME = TenantId.of("acme");

    private final Journal journal = new Journal("journal");
    private FreshDatabase database;
    private PostgresEventStore store;

    @BeforeEach
    void catchUp() {
        database = FreshDatabase.migrated();
        store = database.store();
        FreshDatabase.fill(store, ACME, 30, 3);
        try (ProjectionEngine engine = engine()) {
            assertThat(engine.run()).isEqualTo(30);
        }
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void aLogThatIsShorterThanTheCheckpointStopsTheProjectionAndStaysSo() {
        rewindTo(20);

        try (ProjectionEngine engine = engine()) {
            assertThat(engine.run()).isZero();
            assertStoppedAt(30);

            FreshDatabase.fill(store, ACME, 5, 3);
            assertThat(engine.run()).isZero();
            engine.resume(ACME, "journal");
            engine.run();
            awaitStopped();
            assertStoppedAt(30);
        }
    }

    @Test
    void otherEventsInThePlaceOfThoseThatWereSeenStopTheProjection() {
        rewindTo(20);
        FreshDatabase.fill(store, ACME, 15, 2);

        try (ProjectionEngine engine = engine()) {
            assertThat(engine.run()).isZero();
            assertStoppedAt(30);

            FreshDatabase.fill(store, ACME, 5, 3);
            assertThat(engine.run()).isZero();
            assertStoppedAt(30);
        }
    }

    @Test
    void anEngineAtWorkStopsTheProjectionWhenTheLogGetsShorterUnderIt() {
        try (ProjectionEngine engine = engine()) {
            engine.start();
            FreshDatabase.fill(store, ACME, 5, 3);
            await().until(() -> journal.isAtRest(database));

            rewindTo(20);
            FreshDatabase.fill(store, ACME, 1, 3);

            awaitStopped();
            assertStoppedAt(35);
        }
    }

    @Test
    void aRebuildFromTheRewoundLogMakesTheReadModelRightAgain() {
        rewindTo(20);
        FreshDatabase.fill(store, ACME, 15, 2);
        try (ProjectionEngine engine = engine()) {
            assertThat(engine.run()).isZero();
            assertStoppedAt(30);

            engine.start();
            engine.rebuild(ACME, "journal");

            await().until(() -> engine.table(ACME, "journal", "public.journal").equals("public.journal_v1_b"));
            await().until(() -> journal.isAtRest(database));
            journal.assertEqualsLog(database, "v1_b");
        }
    }

    @Test
    void aRebuildFromALogThatIsShorterThanTheLiveOneSawTakesItsPlace() {
        rewindTo(20);
        try (ProjectionEngine engine = engine()) {
            assertThat(engine.run()).isZero();
            assertStoppedAt(30);

            engine.rebuild(ACME, "journal");
            engine.run();
            FreshDatabase.fill(store, ACME, 5, 3);
            engine.run();

            assertThat(engine.table(ACME, "journal", "public.journal")).isEqualTo("public.journal_v1_b");
            journal.assertEqualsLog(database, "v1_b");
        }
    }

    private void assertStoppedAt(long checkpoint) {
        String message = new LogRewoundException("journal", ACME, Position.of(checkpoint)).toString();
        assertThat(database.query("SELECT state, checkpoint, error FROM eventstream.projections"))
                .containsExactly("failed|" + checkpoint + "|" + message);
        assertThat(database.query("SELECT count(*), max(position) FROM public.journal_v1_a"))
                .containsExactly(checkpoint + "|" + checkpoint);
    }

    private void awaitStopped() {
        await().until(() ->
                database.query("SELECT state FROM eventstream.projections").equals(List.of("failed")));
    }

    private void rewindTo(long position) {
        database.execute(
                "ALTER TABLE eventstream.events DISABLE TRIGGER USER",
                "DELETE FROM eventstream.events WHERE position > " + position,
                "ALTER TABLE eventstream.events ENABLE TRIGGER USER");
    }

    private ProjectionEngine engine() {
        return ProjectionEngine.builder(store)
                .projector(journal)
                .pollInterval(Duration.ofMillis(20))
                .build();
    }
}
