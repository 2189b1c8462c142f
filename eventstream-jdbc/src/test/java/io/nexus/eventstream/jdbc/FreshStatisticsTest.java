package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.spi.AppendMetrics;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * On the first day there are no statistics, every index looks as good as another, and a plan is kept once it is made. The
 * work of an append must not grow with the log all the same. PostgreSQL counts the index entries that were read.
 */
class FreshStatisticsTest {

    private static final TenantId ACME = TenantId.of("acme");
    private static final int APPENDS = 1_500;
    private static final int COMPANY = 8;

    @Test
    void theWorkOfACallDoesNotGrowWithTheLog() {
        try (FreshDatabase database = FreshDatabase.migrated()) {
            database.execute("ALTER TABLE eventstream.events SET (autovacuum_enabled = off)");
            List<EventId> ids = new ArrayList<>();
            try (var pool = database.poolWith(config -> config.setMaximumPoolSize(1))) {
                PostgresEventStore store = PostgresEventStore.create(pool, FreshDatabase.TYPES);
                for (int i = 0; i < APPENDS; i++) {
                    NewEvent event = NewEvent.of(new FreshDatabase.Noted("a"));
                    ids.add(event.id());
                    store.append(
                            ACME,
                            StreamAppend.of(
                                    StreamId.of("note", Integer.toString(i)), ExpectedVersion.noStream(), event));
                }
                for (EventId id : ids) {
                    assertThat(store.find(ACME, id)).isPresent();
                }
                for (int i = 0; i < APPENDS; i++) {
                    store.version(ACME, StreamId.of("note", Integer.toString(i)));
                    store.head(ACME);
                }
                for (int i = 1; i < 20; i++) {
                    Position position = Position.of(i);
                    assertThat(store.positionAt(
                                    ACME,
                                    store.find(ACME, ids.get(i - 1))
                                            .orElseThrow()
                                            .recordedAt()))
                            .isEqualTo(position);
                }
            }

            // Statistics of a session are sent when it ends, and a moment later they can be read.
            int calls = 4 * APPENDS;
            Awaitility.await().untilAsserted(() -> {
                assertThat(entriesRead(database, "idx_scan")).isGreaterThan(calls);
                assertThat(entriesRead(database, "idx_tup_read")).isLessThan(4L * calls);
            });
        }
    }

    /** Their plans are made while the log is empty, and kept. */
    @Test
    void theWorkOfAGroupAndOfAnAppendOfManyEventsDoesNotGrowWithTheLog() throws Exception {
        int large = 20;
        int rounds = 10;
        Sizes sizes = new Sizes();
        try (FreshDatabase database = FreshDatabase.migrated()) {
            database.execute("ALTER TABLE eventstream.events SET (autovacuum_enabled = off)");
            try (var pool = database.poolWith(config -> config.setMaximumPoolSize(1))) {
                PostgresEventStore store = PostgresEventStore.builder(pool, JsonEventSerializer.of(FreshDatabase.TYPES))
                        .laneTimeout(Duration.ofMinutes(2))
                        .metrics(sizes)
                        .build();
                store.ensureTenant(ACME);
                database.execute("SELECT pg_stat_reset()");
                appendBehindAHeldLane(database, store, "on an empty log");
                FreshDatabase.fill(store, ACME, 100 * large, 50);
                for (int i = 0; i < rounds; i++) {
                    appendBehindAHeldLane(database, store, "round " + i);
                }
            }

            assertThat(sizes.grouped.get()).isGreaterThan(rounds * COMPANY / 2);
            int events = 100 * large + (rounds + 1) * COMPANY;
            Awaitility.await().untilAsserted(() -> {
                assertThat(database.query(
                                "SELECT n_tup_ins, seq_scan FROM pg_stat_user_tables WHERE relname = 'events'"))
                        .containsExactly(events + "|0");
                assertThat(entriesRead(database, "idx_tup_read")).isBetween((long) events / 4, 4L * events);
            });
        }
    }

    /** Begins appends to as many streams while another holds the lane, and lets it go when they wait. */
    private static void appendBehindAHeldLane(FreshDatabase database, PostgresEventStore store, String name)
            throws Exception {
        List<Thread> threads = new ArrayList<>();
        try (Connection host = database.connect()) {
            host.setAutoCommit(false);
            database.store().joining(host).lockLanes(ACME);
            for (int i = 0; i < COMPANY; i++) {
                StreamId stream = StreamId.of("note", name + ", " + i);
                threads.add(new Thread(
                        () -> store.append(ACME, FreshDatabase.notes(stream, ExpectedVersion.noStream(), "a"))));
            }
            threads.forEach(Thread::start);
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> threads.stream()
                                    .filter(each -> each.getState() == Thread.State.TIMED_WAITING
                                            || each.getState() == Thread.State.WAITING)
                                    .count()
                            >= COMPANY - 1);
            host.rollback();
        }
        for (Thread each : threads) {
            each.join();
        }
    }

    /** The paths of questions about the past: a moment becomes a position, a position becomes a version of a stream. */
    @Test
    void momentsAndPositionsAreFoundByASearchAndNotByAScan() {
        StreamId stream = StreamId.of("note", "1");
        int events = 2_000;
        int calls = 100;
        try (FreshDatabase database = FreshDatabase.migrated()) {
            try (var pool = database.poolWith(config -> {
                config.setMaximumPoolSize(1);
                config.addDataSourceProperty("ApplicationName", "appends");
            })) {
                PostgresEventStore store = PostgresEventStore.create(pool, FreshDatabase.TYPES);
                for (int i = 0; i < events; i++) {
                    store.append(ACME, FreshDatabase.notes(stream, ExpectedVersion.any(), "a"));
                }
            }
            // What a session has not sent yet comes when it ends, and must not come after the reset.
            Awaitility.await()
                    .until(() -> database.query("SELECT 1 FROM pg_stat_activity WHERE application_name = 'appends'")
                            .isEmpty());
            database.execute("ANALYZE eventstream.events", "SELECT pg_stat_reset()");
            try (var pool = database.poolWith(config -> config.setMaximumPoolSize(1))) {
                PostgresEventStore store = PostgresEventStore.create(pool, FreshDatabase.TYPES);
                for (int i = 1; i <= calls; i++) {
                    Position position = Position.of((long) i * events / calls);
                    RecordedEvent event = store.read(
                                    ACME,
                                    EventQuery.stream(stream)
                                            .backward()
                                            .upTo(position)
                                            .pageSize(1))
                            .events()
                            .get(0);
                    assertThat(event.position()).isEqualTo(position);
                    assertThat(store.positionAt(ACME, event.recordedAt())).isEqualTo(position);
                }
            }

            // A search takes eleven steps, for each of the two; a scan would read a thousand entries on average.
            Awaitility.await().untilAsserted(() -> {
                assertThat(entriesRead(database, "idx_scan")).isGreaterThan(2L * calls);
                assertThat(entriesRead(database, "idx_tup_read")).isLessThan(60L * calls);
            });
        }
    }

    private static long entriesRead(FreshDatabase database, String counter) {
        return Long.parseLong(database.query(
                        "SELECT coalesce(sum(" + counter + "), 0) FROM pg_stat_user_indexes WHERE relname = 'events'")
                .get(0));
    }

    /** Counts the appends that travelled with others. */
    private static final class Sizes implements AppendMetrics {

        private final AtomicInteger grouped = new AtomicInteger();

        @Override
        public void sent(int appends, int events, Duration laneWait, Duration laneHeld) {
            if (appends > 1) {
                grouped.addAndGet(appends);
            }
        }
    }
}
