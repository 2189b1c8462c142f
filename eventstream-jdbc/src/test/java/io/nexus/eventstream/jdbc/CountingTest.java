package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.statistics.StreamStatistics;
import io.nexus.eventstream.statistics.TenantStatistics;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Counting goes on in steps of a bounded size, by one session at a time, and comes to the same however it is cut. */
class CountingTest {

    private static FreshDatabase database;

    @BeforeAll
    static void create() {
        database = FreshDatabase.migrated();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @Test
    void aLogThatWasNeverCountedIsCountedInSteps() {
        TenantId tenant = TenantId.of("steps");
        FreshDatabase.fill(database.store(), tenant, 1_050, 30);

        for (int step = 1; step <= 10; step++) {
            assertThat(count(tenant, 100)).as("there is more").isEqualTo("t");
            assertThat(database.query("SELECT position FROM eventstream.statistics WHERE tenant_id = 'steps'"))
                    .containsExactly(Integer.toString(100 * step));
        }
        assertThat(count(tenant, 100)).isEqualTo("f");

        asWalked(tenant);
    }

    @Test
    void sessionsThatCountAtOnceWhileOthersAppendCountNothingTwice() throws Exception {
        TenantId tenant = TenantId.of("at once");
        ExecutorService pool = Executors.newFixedThreadPool(5);
        try {
            Future<?> appends = pool.submit(() -> FreshDatabase.fill(database.store(), tenant, 3_000, 70));
            List<Future<?>> counts = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                counts.add(pool.submit(() -> {
                    while (!appends.isDone() || count(tenant, 13).equals("t")) {
                        count(tenant, 7);
                    }
                }));
            }
            appends.get(2, TimeUnit.MINUTES);
            for (Future<?> each : counts) {
                each.get(2, TimeUnit.MINUTES);
            }
        } finally {
            pool.shutdown();
        }

        asWalked(tenant);
    }

    @Test
    void whoFindsAnotherSessionCountingDoesNotWaitForIt() throws SQLException {
        TenantId tenant = TenantId.of("busy");
        FreshDatabase.fill(database.store(), tenant, 10, 2);
        count(tenant, 4);
        try (Connection other = database.connect()) {
            other.setAutoCommit(false);
            FreshDatabase.query(other, "SELECT eventstream.count_events_v1('busy', 3)");

            TenantStatistics meanwhile = database.store().statistics().tenant(tenant);

            assertThat(meanwhile.head().value()).isEqualTo(10);
            assertThat(meanwhile.counted().value()).isEqualTo(4);
            other.commit();
        }
        asWalked(tenant);
    }

    @Test
    void whereNothingCanBeWrittenTheNumbersSayHowFarTheyGo() {
        TenantId tenant = TenantId.of("read only");
        StreamId one = StreamId.of("note", "1");
        FreshDatabase.fill(database.store(), tenant, 10, 2);
        count(tenant, 4);
        try (HikariDataSource readOnly = database.poolWith(
                config -> config.setConnectionInitSql("SET SESSION default_transaction_read_only = on"))) {
            PostgresEventStore store = PostgresEventStore.create(readOnly, FreshDatabase.TYPES);

            TenantStatistics log = store.statistics().tenant(tenant);
            StreamStatistics stream = store.statistics().stream(tenant, one);

            assertThat(log.head().value()).isEqualTo(10);
            assertThat(log.counted().value()).isEqualTo(4);
            assertThat(log.streams()).isEqualTo(2);
            assertThat(stream.version()).isEqualTo(EventVersion.of(5));
            assertThat(stream.counted()).isEqualTo(2);
            assertThat(stream.latestRecordedAt()).isPresent();
            assertThat(store.snapshots().findStreamsNeedingSnapshots(tenant, "note", "fold", 1, 1, 10))
                    .hasSize(2);
        }
    }

    private static String count(TenantId tenant, int most) {
        return database.query("SELECT eventstream.count_events_v1('%s', %d)".formatted(tenant, most))
                .get(0);
    }

    /** Compares the numbers with those of a log that is walked over. */
    private static void asWalked(TenantId tenant) {
        PostgresEventStore store = database.store();
        long[] walked = new long[2];
        store.walk(tenant, EventQuery.log()).forEach(event -> {
            walked[0]++;
            walked[1] += event.stored().payload().length + event.stored().metadata().length;
        });
        TenantStatistics counted = store.statistics().tenant(tenant);

        assertThat(counted.counted().value()).isEqualTo(walked[0]);
        assertThat(counted.bytes()).isEqualTo(walked[1]);
        assertThat(counted.lengths())
                .allSatisfy(length -> assertThat(length.streams())
                        .isEqualTo(Long.parseLong(database.query("""
                                        SELECT count(*)
                                        FROM (
                                            SELECT count(*) AS events
                                            FROM eventstream.events
                                            WHERE tenant_id = '%s'
                                            GROUP BY stream_category, stream_id
                                        ) s
                                        WHERE s.events BETWEEN %d AND %d
                                        """.formatted(tenant, length.from(), length.to()))
                                .get(0))));
        assertThat(counted.lengths().stream().mapToLong(each -> each.streams()).sum())
                .isEqualTo(counted.streams());
    }
}
