package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LaneBusyException;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.spi.AppendMetrics;
import io.nexus.eventstream.spi.AppendMetrics.Outcome;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each append ends once and is sent once for the metrics, however often it was on its way. */
class AppendMetricsTest {

    private static final TenantId ACME = TenantId.of("acme");

    private final Told told = new Told();
    private FreshDatabase database;
    private PostgresEventStore store;

    @BeforeEach
    void open() {
        database = FreshDatabase.migrated();
        store = store(Duration.ofMinutes(2), told);
        store.ensureTenant(ACME);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void anAppendAndItsRepetition() {
        StreamAppend append = append("a");

        store.append(ACME, append);
        store.append(ACME, append);

        assertThat(told.outcomes()).containsExactly(Outcome.APPENDED, Outcome.ALREADY_RECORDED);
        assertThat(told.sent).extracting(Sent::appends).containsExactly(1, 1);
        assertThat(told.sent).extracting(Sent::events).containsExactly(1, 1);
    }

    @Test
    void aLaneThatIsHeldIsWaitedForFromTheBeginningAndARepetitionMeanwhileEndsOnce() throws Exception {
        StreamAppend known = append("known");
        database.store().append(ACME, known);
        Duration held = Duration.ofMillis(600);
        try (Connection host = database.connect()) {
            host.setAutoCommit(false);
            store.joining(host).lockLanes(ACME);
            long begin = System.nanoTime();
            List<Running> all = new ArrayList<>(List.of(new Running(append("a"))));
            await().until(this::somebodyWaitsForALane);
            long waiting = System.nanoTime();
            all.add(new Running(append("b")));
            assertThat(new Running(known).result().alreadyRecorded()).isTrue();
            await().until(() -> System.nanoTime() - waiting > held.toNanos() + 200_000_000);
            host.rollback();
            for (Running each : all) {
                assertThat(each.result().alreadyRecorded()).isFalse();
            }
            Duration most = Duration.ofNanos(System.nanoTime() - begin);

            assertThat(told.outcomes()).containsExactly(Outcome.ALREADY_RECORDED, Outcome.APPENDED, Outcome.APPENDED);
            assertThat(told.sent.get(0)).extracting(Sent::appends, Sent::events).containsExactly(1, 1);
            assertThat(told.sent)
                    .extracting(Sent::appends)
                    .satisfies(sizes -> assertThat(
                                    sizes.stream().mapToInt(Integer::intValue).sum())
                            .isEqualTo(3));
            Sent waited = told.sent.get(1);
            assertThat(waited.laneWait()).isBetween(held, most);
            assertThat(waited.laneWait().plus(waited.laneHeld())).isLessThanOrEqualTo(most);
            assertThat(told.ended.get(1).took()).isBetween(held, most);
        }
    }

    @Test
    void aGroupThatFailsAndIsSentOneByOne() throws Exception {
        database.execute(
                """
                CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF NEW.payload ->> 'text' = 'poison' THEN
                        RAISE EXCEPTION 'poison';
                    END IF;
                    RETURN NEW;
                END $$
                """,
                "CREATE TRIGGER refuse BEFORE INSERT ON eventstream.events FOR EACH ROW EXECUTE FUNCTION public.refuse()");
        try (Connection host = database.connect()) {
            host.setAutoCommit(false);
            store.joining(host).lockLanes(ACME);
            Running first = new Running(append("a"));
            await().until(this::somebodyWaitsForALane);
            List<Running> others = List.of(new Running(append("b")), new Running(append("poison")));
            await().until(() -> others.stream().allMatch(Running::isParked));
            host.rollback();

            first.result();
            others.get(0).result();
            assertThatThrownBy(others.get(1)::result).hasMessageContaining("SQLSTATE P0001");
        }

        assertThat(told.outcomes()).containsExactlyInAnyOrder(Outcome.APPENDED, Outcome.APPENDED, Outcome.FAILED);
        assertThat(told.sent.stream().mapToInt(Sent::appends).sum()).isEqualTo(2);
    }

    @Test
    void anAppendThatGivesUp() throws Exception {
        PostgresEventStore impatient = store(Duration.ofMillis(50), told);
        try (Connection host = database.connect()) {
            host.setAutoCommit(false);
            store.joining(host).lockLanes(ACME);

            assertThatThrownBy(() -> impatient.append(ACME, append("a"))).isInstanceOf(LaneBusyException.class);
        }

        assertThat(told.outcomes()).containsExactly(Outcome.LANE_BUSY);
        assertThat(told.ended.get(0).took()).isGreaterThanOrEqualTo(Duration.ofMillis(50));
        assertThat(told.sent).isEmpty();
    }

    @Test
    void whatTheMetricsThrowChangesNoAppend() throws Exception {
        PostgresEventStore deaf = store(Duration.ofMinutes(2), new AppendMetrics() {
            @Override
            public void ended(TenantId tenant, Outcome outcome, Duration took) {
                throw new IllegalStateException("on purpose");
            }

            @Override
            public void sent(int appends, int events, Duration laneWait, Duration laneHeld) {
                throw new StackOverflowError("on purpose");
            }
        });
        assertThat(deaf.append(ACME, append("a")).alreadyRecorded()).isFalse();
        try (Connection host = database.connect()) {
            host.setAutoCommit(false);
            store.joining(host).lockLanes(ACME);
            Running waiting = new Running(deaf, append("b"));
            await().until(this::somebodyWaitsForALane);
            host.rollback();

            assertThat(waiting.result().alreadyRecorded()).isFalse();
        }
    }

    private PostgresEventStore store(Duration laneTimeout, AppendMetrics metrics) {
        return PostgresEventStore.builder(database.pool(), JsonEventSerializer.of(FreshDatabase.TYPES))
                .laneTimeout(laneTimeout)
                .metrics(metrics)
                .build();
    }

    private static StreamAppend append(String text) {
        return FreshDatabase.notes(StreamId.of("note", text), ExpectedVersion.any(), text);
    }

    private boolean somebodyWaitsForALane() {
        return !database.query(
                        "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
                .isEmpty();
    }

    /** An append in a thread of its own. */
    private final class Running {

        private final CompletableFuture<AppendResult> result = new CompletableFuture<>();
        private final Thread thread;

        Running(StreamAppend append) {
            this(store, append);
        }

        Running(PostgresEventStore through, StreamAppend append) {
            thread = new Thread(() -> {
                try {
                    result.complete(through.append(ACME, append));
                } catch (RuntimeException | Error e) {
                    result.completeExceptionally(e);
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        /** Returns whether it is in the line or in a group that another leads. */
        boolean isParked() {
            return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING;
        }

        AppendResult result() throws Exception {
            return result.get(2, TimeUnit.MINUTES);
        }
    }

    private record Ended(Outcome outcome, Duration took) {}

    private record Sent(int appends, int events, Duration laneWait, Duration laneHeld) {}

    private static final class Told implements AppendMetrics {

        private final List<Ended> ended = new CopyOnWriteArrayList<>();
        private final List<Sent> sent = new CopyOnWriteArrayList<>();

        @Override
        public void ended(TenantId tenant, Outcome outcome, Duration took) {
            ended.add(new Ended(outcome, took));
        }

        @Override
        public void sent(int appends, int events, Duration laneWait, Duration laneHeld) {
            sent.add(new Sent(appends, events, laneWait, laneHeld));
        }

        List<Outcome> outcomes() {
            return ended.stream().map(Ended::outcome).toList();
        }
    }
}
