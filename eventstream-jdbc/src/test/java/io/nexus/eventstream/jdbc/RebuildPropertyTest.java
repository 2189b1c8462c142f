package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.projection.ProjectionStatus;
import io.nexus.eventstream.projection.RebuildOptions;
import io.nexus.eventstream.projection.SlotRole;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** For any history: the read model that is built anew, the one that grew with the log, and plain SQL say the same. */
class RebuildPropertyTest {

    private static final TenantId ACME = TenantId.of("acme");
    private static final TenantId OTHER = TenantId.of("other");

    @ParameterizedTest
    @CsvSource({"1, false", "1, true", "4, false", "4, true"})
    void aReadModelBuiltAnewEqualsTheOneThatGrewWithTheLogAndPlainSql(int parts, boolean compared) {
        for (int history = 0; history < 3; history++) {
            long seed = new Random().nextLong();
            try (FreshDatabase database = FreshDatabase.migrated()) {
                Random random = new Random(seed);
                PostgresEventStore store = database.store();
                try (ProjectionEngine engine = engine(store, random)) {
                    grow(engine, store, random);
                    List<String> oracle = database.query(NoteTotals.ORACLE);
                    assertThat(database.query(NoteTotals.rowsOf("public.note_totals_v1_a")))
                            .as("incremental, seed %d", seed)
                            .isEqualTo(oracle);

                    engine.start();
                    engine.rebuild(ACME, "totals", new RebuildOptions(parts, compared));
                    awaitSwitched(engine, seed);

                    List<String> acme = oracle.stream()
                            .filter(row -> row.startsWith("acme|"))
                            .toList();
                    assertThat(database.query(NoteTotals.rowsOf("public.note_totals_v1_b")))
                            .as("rebuilt, seed %d", seed)
                            .isEqualTo(acme);
                    assertThat(database.query(NoteTotals.rowsOf("public.note_totals_v1_a")))
                            .as("kept, seed %d", seed)
                            .isEqualTo(oracle);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, false", "1, true", "4, false"})
    void aReadModelBuiltAnewWhileAppendsGoOnEqualsPlainSql(int parts, boolean compared) throws Exception {
        long seed = new Random().nextLong();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        AtomicBoolean enough = new AtomicBoolean();
        try (FreshDatabase database = FreshDatabase.migrated()) {
            Random random = new Random(seed);
            PostgresEventStore store = database.store();
            try (ProjectionEngine engine = engine(store, random)) {
                grow(engine, store, random);
                List<Future<Integer>> writers = new ArrayList<>();
                for (int i = 1; i <= 2; i++) {
                    Random own = new Random(seed + i);
                    writers.add(threads.submit(() -> {
                        int appends = 0;
                        for (; !enough.get() && appends < 300; appends++) {
                            store.append(ACME, notes(own));
                        }
                        return appends;
                    }));
                }
                engine.start();
                engine.rebuild(ACME, "totals", new RebuildOptions(parts, compared));
                if (!compared) {
                    // While a comparison is wanted, the two must come to stand at one position, which needs a pause.
                    awaitSwitched(engine, seed);
                }
                enough.set(true);
                for (Future<Integer> writer : writers) {
                    assertThat(writer.get(1, TimeUnit.MINUTES)).isPositive();
                }

                awaitSwitched(engine, seed);
                awaitAtRest(engine, seed);
                assertThat(database.query(NoteTotals.rowsOf(engine.table(ACME, "totals", NoteTotals.TABLE))))
                        .as("seed %d", seed)
                        .isEqualTo(acme(database));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aReadModelRolledBackGoesOnFromWhereItStoodAndEqualsPlainSql() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        try (FreshDatabase database = FreshDatabase.migrated()) {
            PostgresEventStore store = database.store();
            try (ProjectionEngine engine = engine(store, random)) {
                grow(engine, store, random);
                engine.start();
                engine.rebuild(ACME, "totals");
                awaitSwitched(engine, seed);
                for (int i = 0; i < 20; i++) {
                    store.append(ACME, notes(random));
                }
                awaitAtRest(engine, seed);

                engine.rollBack(ACME, "totals");

                assertThat(engine.table(ACME, "totals", NoteTotals.TABLE)).isEqualTo("public.note_totals_v1_a");
                awaitAtRest(engine, seed);
                assertThat(database.query(NoteTotals.rowsOf("public.note_totals_v1_a")))
                        .as("seed %d", seed)
                        .isEqualTo(database.query(NoteTotals.ORACLE));
            }
        }
    }

    /** Lets the read model grow with the log, in steps of random size. */
    private static void grow(ProjectionEngine engine, PostgresEventStore store, Random random) {
        int appends = 40 + random.nextInt(120);
        for (int i = 0; i < appends; i++) {
            store.append(random.nextInt(5) == 0 ? OTHER : ACME, notes(random));
            if (random.nextInt(8) == 0) {
                engine.runOnce();
            }
        }
        engine.run();
    }

    private static StreamAppend notes(Random random) {
        String[] texts = new String[1 + random.nextInt(5)];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = "x".repeat(random.nextInt(4)) + random.nextInt(100);
        }
        return FreshDatabase.notes(
                StreamId.of("note", Integer.toString(random.nextInt(12))), ExpectedVersion.any(), texts);
    }

    private static List<String> acme(FreshDatabase database) {
        return database.query(NoteTotals.ORACLE).stream()
                .filter(row -> row.startsWith("acme|"))
                .toList();
    }

    private static void awaitSwitched(ProjectionEngine engine, long seed) {
        await("switched, seed " + seed).until(() -> {
            ProjectionStatus live = engine.status(ACME, "totals").get(0);
            return live.role() == SlotRole.LIVE && live.slot().equals("v1_b");
        });
    }

    private static void awaitAtRest(ProjectionEngine engine, long seed) {
        await("at rest, seed " + seed)
                .until(() -> engine.status(ACME, "totals").get(0).lagInEvents() == 0);
    }

    private static ProjectionEngine engine(PostgresEventStore store, Random random) {
        return ProjectionEngine.builder(store)
                .projector(new NoteTotals())
                .batchSize(1 + random.nextInt(40))
                .pollInterval(Duration.ofMillis(10))
                .build();
    }
}
