package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is projected while writers commit late, in the reverse of the order in which they began, or not at all. */
class ProjectionRaceTest {

    private static final int WRITERS = 6;
    private static final int ROUNDS = 40;
    private static final List<TenantId> TENANTS =
            IntStream.range(0, 3).mapToObj(i -> TenantId.of("tenant-" + i)).toList();

    @Test
    void everyCommittedEventIsProjectedOnceWhileWritersCommitInReverseOrderAndRollBack() throws Exception {
        long seed = new Random().nextLong();
        Journal first = new Journal("first");
        Journal second = new Journal("second");
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        try (FreshDatabase database = FreshDatabase.migrated();
                ProjectionEngine a = engine(database.store(), "a", first, second);
                ProjectionEngine b = engine(database.store(), "b", first, second)) {
            PostgresEventStore store = database.store();
            TENANTS.forEach(store::ensureTenant);
            a.start();
            b.start();

            List<Future<Integer>> writers = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                Random random = new Random(seed + writer);
                boolean hosted = writer % 3 != 0;
                writers.add(
                        threads.submit(() -> hosted ? writeInHosts(database, store, random) : write(store, random)));
            }
            int committed = 0;
            for (Future<Integer> writer : writers) {
                committed += writer.get(2, TimeUnit.MINUTES);
            }

            await("seed " + seed).until(() -> first.isAtRest(database) && second.isAtRest(database));
            assertThat(database.query("SELECT count(*) FROM eventstream.events"))
                    .as("seed %d", seed)
                    .containsExactly(Integer.toString(committed));
            first.assertEqualsLog(database);
            second.assertEqualsLog(database);
        } finally {
            threads.shutdownNow();
        }
    }

    private static ProjectionEngine engine(PostgresEventStore store, String owner, Journal first, Journal second) {
        // A lease of less than a turn's time now and then, so that the projections change hands under way.
        return ProjectionEngine.builder(store)
                .projector(first)
                .projector(second)
                .owner(owner)
                .batchSize(7)
                .lease(Duration.ofMillis(5))
                .pollInterval(Duration.ofMillis(5))
                .build();
    }

    private static int write(PostgresEventStore store, Random random) {
        int written = 0;
        for (int i = 0; i < ROUNDS; i++) {
            StreamAppend append = notes(random);
            store.append(TENANTS.get(random.nextInt(TENANTS.size())), append);
            written += append.events().size();
        }
        return written;
    }

    /**
     * Two transactions at a time: the one that began first, and has its transaction id, commits last. They append for the
     * tenants in one order, so that no two writers wait for each other's lanes.
     */
    private static int writeInHosts(FreshDatabase database, PostgresEventStore store, Random random)
            throws SQLException {
        int written = 0;
        try (Connection early = database.connect();
                Connection late = database.connect()) {
            early.setAutoCommit(false);
            late.setAutoCommit(false);
            for (int i = 0; i < ROUNDS; i++) {
                int lower = random.nextInt(TENANTS.size() - 1);
                FreshDatabase.query(early, "SELECT pg_current_xact_id()");
                FreshDatabase.query(late, "SELECT pg_current_xact_id()");
                boolean appendFirst = random.nextBoolean();
                StreamAppend one = notes(random);
                StreamAppend other = notes(random);
                if (appendFirst) {
                    store.joining(early).append(TENANTS.get(lower), one);
                }
                store.joining(late).append(TENANTS.get(lower + 1), other);
                written += end(late, other, random);
                if (!appendFirst) {
                    store.joining(early).append(TENANTS.get(lower), one);
                }
                written += end(early, one, random);
            }
        }
        return written;
    }

    private static int end(Connection host, StreamAppend append, Random random) throws SQLException {
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(3_000)));
        if (random.nextInt(4) == 0) {
            host.rollback();
            return 0;
        }
        host.commit();
        return append.events().size();
    }

    private static StreamAppend notes(Random random) {
        String[] texts = new String[1 + random.nextInt(4)];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = "note " + random.nextInt(1_000);
        }
        return FreshDatabase.notes(
                StreamId.of("note", Integer.toString(random.nextInt(5))), ExpectedVersion.any(), texts);
    }
}
