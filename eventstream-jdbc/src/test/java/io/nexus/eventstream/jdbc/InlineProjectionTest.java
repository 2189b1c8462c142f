package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.projection.Projector;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Inline projectors beside everything else that goes on: history, an engine, writers of an older release, hosts. */
class InlineProjectionTest {

    private static final TenantId ACME = TenantId.of("acme");
    private static final int HISTORY = 2_000;

    private FreshDatabase database;
    private ExecutorService threads;

    @BeforeEach
    void migrate() {
        database = FreshDatabase.migrated();
        threads = Executors.newCachedThreadPool();
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        database.close();
    }

    @Test
    void aProjectorAddedToALogWithHistoryIsCaughtUpAndSwitchedWhileWritersAppend() throws Exception {
        Journal journal = new Journal("journal");
        PostgresEventStore older = database.store();
        FreshDatabase.fill(older, ACME, HISTORY, 9);
        PostgresEventStore store = inline(journal);
        AtomicBoolean enough = new AtomicBoolean();
        AtomicInteger seenAtOnce = new AtomicInteger();
        try (ProjectionEngine engine = ProjectionEngine.builder(store)
                .batchSize(100)
                .pollInterval(Duration.ofMillis(10))
                .build()) {
            List<Future<Integer>> writers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                writers.add(writing(enough, () -> seen(store.append(ACME, note("inline"))), seenAtOnce));
            }
            writers.add(writing(enough, () -> seen(inHost(store, note("host"))), seenAtOnce));
            Future<Integer> olderWriter = threads.submit(() -> {
                int appends = 0;
                for (; !enough.get(); appends++) {
                    older.append(ACME, note("older"));
                }
                return appends;
            });
            engine.start();

            await().until(() -> seenAtOnce.get() >= 100);
            enough.set(true);
            for (Future<Integer> writer : writers) {
                assertThat(writer.get(1, TimeUnit.MINUTES)).isPositive();
            }
            assertThat(olderWriter.get(1, TimeUnit.MINUTES)).isPositive();

            await().until(() -> journal.isAtRest(database));
            assertThat(database.query("SELECT inline, role, slot FROM eventstream.projections"))
                    .containsExactly("t|live|v1_a");
            journal.assertEqualsLog(database);
        }
    }

    @Test
    void aHostThatLocksTheSameRowOfTheReadModelDoesNotDeadlockIfItTakesTheLaneFirst() throws Exception {
        int rounds = 200;
        NoteCounts counts = new NoteCounts("counts", 1);
        PostgresEventStore store = inline(counts);
        store.append(ACME, note("first"));
        CyclicBarrier together = new CyclicBarrier(2);
        try (ProjectionEngine engine = ProjectionEngine.builder(store)
                .pollInterval(Duration.ofMillis(5))
                .build()) {
            engine.start();
            Future<Integer> host = threads.submit(() -> {
                for (int i = 0; i < rounds; i++) {
                    together.await(1, TimeUnit.MINUTES);
                    lockRowAndAppend(store);
                }
                return rounds;
            });
            Future<Integer> appends = threads.submit(() -> {
                for (int i = 0; i < rounds; i++) {
                    together.await(1, TimeUnit.MINUTES);
                    store.append(ACME, note("inline"));
                }
                return rounds;
            });
            assertThat(host.get(2, TimeUnit.MINUTES)).isEqualTo(rounds);
            assertThat(appends.get(2, TimeUnit.MINUTES)).isEqualTo(rounds);
        }

        assertThat(database.query("SELECT notes, share FROM public.note_counts_v1_a"))
                .containsExactly((1 + 2 * rounds) + "|" + rounds);
        assertThat(database.query("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))
                .containsExactly("0");
    }

    /** Appends until it is enough, and counts the appends whose events were in the read model when they returned. */
    private Future<Integer> writing(AtomicBoolean enough, Callable<Boolean> append, AtomicInteger seenAtOnce) {
        return threads.submit(() -> {
            int appends = 0;
            for (; !enough.get(); appends++) {
                boolean switchedBefore = isInline();
                boolean seen = append.call();
                assertThat(seen || !switchedBefore)
                        .as("an append after the switch is in the read model when it returns")
                        .isTrue();
                if (switchedBefore) {
                    seenAtOnce.incrementAndGet();
                }
            }
            return appends;
        });
    }

    private boolean isInline() {
        return database.query("SELECT inline FROM eventstream.projections").equals(List.of("t"));
    }

    private boolean seen(AppendResult result) {
        if (database.query("SELECT to_regclass('public.journal_v1_a') IS NULL").equals(List.of("t"))) {
            return false;
        }
        return database.query("SELECT count(*) FROM public.journal_v1_a WHERE position = "
                        + result.position().value())
                .equals(List.of("1"));
    }

    private AppendResult inHost(PostgresEventStore store, StreamAppend append) throws SQLException {
        try (Connection host = database.connect()) {
            host.setAutoCommit(false);
            AppendResult result = store.joining(host).append(ACME, append);
            host.commit();
            return result;
        }
    }

    private void lockRowAndAppend(PostgresEventStore store) throws SQLException {
        try (Connection host = database.connect()) {
            host.setAutoCommit(false);
            JoinedEventStore joined = store.joining(host);
            joined.lockLanes(ACME);
            try (var statement = host.createStatement()) {
                statement.execute("UPDATE public.note_counts_v1_a SET share = coalesce(share, 0) + 1");
            }
            joined.append(ACME, note("host"));
            host.commit();
        }
    }

    private static StreamAppend note(String text) {
        return FreshDatabase.notes(StreamId.of("note", text), ExpectedVersion.any(), text);
    }

    private PostgresEventStore inline(Projector projector) {
        return PostgresEventStore.builder(database.pool(), JsonEventSerializer.of(FreshDatabase.TYPES))
                .inline(projector)
                .build();
    }
}
