package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LaneBusyException;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.spi.AppendMetrics;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GroupCommitTest {

    private static final TenantId ACME = TenantId.of("acme");
    private static final TenantId OTHER = TenantId.of("other");

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Sizes sizes = new Sizes();
    private FreshDatabase database;
    private PostgresEventStore store;

    @BeforeEach
    void open() {
        database = FreshDatabase.migrated();
        store = store(database.pool(), Duration.ofMinutes(2));
        store.ensureTenant(ACME);
        store.ensureTenant(OTHER);
        database.execute(
                "CREATE TABLE public.gate (name text)",
                "INSERT INTO public.gate VALUES ('held'), ('held later')",
                """
                CREATE FUNCTION public.pass() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    PERFORM * FROM public.gate WHERE name = NEW.payload ->> 'text' FOR SHARE;
                    IF NEW.payload ->> 'text' = 'poison' THEN
                        RAISE EXCEPTION 'poison';
                    END IF;
                    RETURN NEW;
                END $$
                """,
                "CREATE TRIGGER pass BEFORE INSERT ON eventstream.events FOR EACH ROW EXECUTE FUNCTION public.pass()");
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        database.close();
    }

    @Test
    void appendsThatWaitForALaneShareACommitAndEachHasItsOwnOutcome() throws Exception {
        try (Connection gate = closedGate("held")) {
            CompletableFuture<AppendResult> first =
                    appended(() -> note(store, ACME, "1", ExpectedVersion.any(), "held"));
            await().until(this::somebodyWaitsAtTheGate);
            CompletableFuture<AppendResult> second = queued(1, "2", ExpectedVersion.noStream());
            CompletableFuture<AppendResult> third = queued(2, "2", ExpectedVersion.exactly(1));
            CompletableFuture<AppendResult> stale = queued(3, "2", ExpectedVersion.exactly(1));
            CompletableFuture<AppendResult> missing = queued(4, "3", ExpectedVersion.streamExists());
            gate.rollback();

            assertThat(result(first).position().value()).isEqualTo(1);
            assertThat(result(second).position().value()).isEqualTo(2);
            assertThat(result(third).position().value()).isEqualTo(3);
            assertThat(result(third).recordedAt()).isAfter(result(second).recordedAt());
            assertThatThrownBy(() -> result(stale))
                    .hasCauseInstanceOf(ConcurrencyException.class)
                    .hasMessageContaining("note/2");
            assertThatThrownBy(() -> result(missing)).hasCauseInstanceOf(ConcurrencyException.class);
        }
        assertThat(sizes.calls).containsExactly(1, 4);
        assertThat(database.query("SELECT count(DISTINCT xmin::text) FROM eventstream.events"))
                .containsExactly("2");
    }

    @Test
    void aBadAppendFailsNoneOfItsNeighbours() throws Exception {
        try (Connection gate = closedGate("held")) {
            CompletableFuture<AppendResult> first =
                    appended(() -> note(store, ACME, "1", ExpectedVersion.any(), "held"));
            await().until(this::somebodyWaitsAtTheGate);
            List<CompletableFuture<AppendResult>> good = new ArrayList<>();
            for (int i = 1; i <= 3; i++) {
                good.add(queued(i, "good " + i, ExpectedVersion.noStream()));
            }
            CompletableFuture<AppendResult> bad =
                    appended(() -> note(store, ACME, "bad", ExpectedVersion.any(), "poison"));
            await().until(() -> waiting() == 4);
            gate.rollback();

            result(first);
            good.forEach(each -> assertThat(result(each).alreadyRecorded()).isFalse());
            assertThatThrownBy(() -> result(bad))
                    .hasCauseInstanceOf(StorageException.class)
                    .hasMessageContaining("SQLSTATE P0001");
        }
        assertThat(database.query("SELECT count(*), max(position) FROM eventstream.events"))
                .containsExactly("4|4");
    }

    @Test
    void whoRepeatsAnAppendThatIsOnItsWayIsAnsweredByIt() throws Exception {
        StreamAppend append = FreshDatabase.notes(StreamId.of("note", "1"), ExpectedVersion.noStream(), "a");
        try (Connection gate = closedGate("held")) {
            CompletableFuture<AppendResult> first =
                    appended(() -> note(store, ACME, "9", ExpectedVersion.any(), "held"));
            await().until(this::somebodyWaitsAtTheGate);
            CompletableFuture<AppendResult> once = appended(() -> store.append(ACME, append));
            await().until(() -> waiting() == 1);
            CompletableFuture<AppendResult> again = appended(() -> store.append(ACME, append));
            await().until(() -> waiting() == 2);
            gate.rollback();

            result(first);
            assertThat(result(once).alreadyRecorded()).isFalse();
            assertThat(result(again).alreadyRecorded()).isTrue();
            assertThat(result(again).events()).isEqualTo(result(once).events());
        }
    }

    @Test
    void aLaneThatAHostHoldsDelaysNoOtherTenantAndNoAnswerThatNeedsNoLane() throws Exception {
        StreamAppend known = FreshDatabase.notes(StreamId.of("note", "1"), ExpectedVersion.noStream(), "a");
        store.append(ACME, known);
        try (Connection host = database.connect()) {
            host.setAutoCommit(false);
            store.joining(host).lockLanes(ACME);
            List<CompletableFuture<AppendResult>> held = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                String stream = "held " + i;
                held.add(appended(() -> note(store, ACME, stream, ExpectedVersion.noStream(), "a")));
            }
            await().until(this::somebodyWaitsForALane);

            for (int i = 0; i < 10; i++) {
                note(store, OTHER, "free", ExpectedVersion.exactly(i), "a");
            }
            assertThat(store.append(ACME, known).alreadyRecorded()).isTrue();
            assertThatThrownBy(() -> note(store, ACME, "1", ExpectedVersion.noStream(), "b"))
                    .isInstanceOf(ConcurrencyException.class);
            assertThat(held).noneMatch(CompletableFuture::isDone);
            host.rollback();

            held.forEach(each -> assertThat(result(each).alreadyRecorded()).isFalse());
        }
    }

    @Test
    void whoWaitsTooLongLearnsWhoHoldsTheLane() throws Exception {
        PostgresEventStore impatient = store(database.pool(), Duration.ofMillis(300));
        try (Connection host = database.connect()) {
            host.setAutoCommit(false);
            store.joining(host).lockLanes(ACME);
            List<CompletableFuture<AppendResult>> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                all.add(appended(() -> note(impatient, ACME, "1", ExpectedVersion.any(), "a")));
            }

            assertThat(all)
                    .allSatisfy(each -> assertThatThrownBy(() -> result(each))
                            .cause()
                            .isInstanceOfSatisfying(
                                    LaneBusyException.class,
                                    busy -> assertThat(busy.holders()).hasSize(1)));
            host.rollback();
        }
        assertThat(note(impatient, ACME, "1", ExpectedVersion.noStream(), "a").alreadyRecorded())
                .isFalse();
    }

    @Test
    void anAppendThatMayNotWaitTakesAFreeLaneWhileTheGroupOfAnotherTenantIsUnderWay() throws Exception {
        PostgresEventStore hasty = store(database.pool(), Duration.ZERO);
        try (Connection gate = closedGate("held")) {
            CompletableFuture<AppendResult> first =
                    appended(() -> note(hasty, ACME, "1", ExpectedVersion.any(), "held"));
            await().until(this::somebodyWaitsAtTheGate);

            assertThat(note(hasty, OTHER, "1", ExpectedVersion.noStream(), "a").alreadyRecorded())
                    .isFalse();
            assertThatThrownBy(() -> note(hasty, ACME, "2", ExpectedVersion.any(), "a"))
                    .isInstanceOf(LaneBusyException.class);
            gate.rollback();

            result(first);
        }
    }

    /** Who gives up its place in PostgreSQL's queue too often never comes to its head. */
    @Test
    void aGroupGetsItsTurnAmongHostsThatQueueUpForTheLane() {
        AtomicBoolean stop = new AtomicBoolean();
        List<CompletableFuture<Void>> hosts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            hosts.add(CompletableFuture.runAsync(() -> holdAndReleaseUntil(stop), threads));
        }
        try {
            await().until(() -> sessionsThatWait("%lock_lanes%") == 2);

            assertThat(note(store, ACME, "1", ExpectedVersion.noStream(), "a").alreadyRecorded())
                    .isFalse();
        } finally {
            stop.set(true);
        }
        hosts.forEach(each -> each.orTimeout(2, TimeUnit.MINUTES).join());
    }

    private void holdAndReleaseUntil(AtomicBoolean stop) {
        try (Connection host = database.connect()) {
            host.setAutoCommit(false);
            while (!stop.get()) {
                store.joining(host).lockLanes(ACME);
                FreshDatabase.query(host, "SELECT pg_sleep(0.3)");
                host.commit();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A server that says it is one, as far as the store looks. */
    @Test
    void onACitusClusterTenantsTravelApart() throws Exception {
        database.execute(
                "CREATE SCHEMA stub",
                "CREATE TABLE stub.pg_extension (extname name)",
                "INSERT INTO stub.pg_extension VALUES ('citus')");
        TenantId third = TenantId.of("third");
        store.ensureTenant(third);
        try (HikariDataSource pool =
                        database.poolWith(config -> config.setConnectionInitSql("SET search_path = stub, pg_catalog"));
                Connection gate = closedGate("held")) {
            PostgresEventStore citus = store(pool, Duration.ofMinutes(2));
            CompletableFuture<AppendResult> first =
                    appended(() -> note(citus, ACME, "1", ExpectedVersion.any(), "held"));
            await().until(this::somebodyWaitsAtTheGate);
            List<CompletableFuture<AppendResult>> others = List.of(
                    appended(() -> note(citus, OTHER, "1", ExpectedVersion.any(), "a")),
                    appended(() -> note(citus, third, "1", ExpectedVersion.any(), "a")));

            others.forEach(GroupCommitTest::result);
            assertThat(first).isNotDone();
            gate.rollback();
            result(first);
        }
        assertThat(sizes.calls).containsExactly(1, 1, 1);
    }

    @Test
    void aConnectionThatBreaksUnderAGroupLeavesNobodyInDoubt() throws Exception {
        try (CutProxy proxy = new CutProxy(database.url());
                HikariDataSource pool = database.poolWith(config -> config.setJdbcUrl(proxy.url()));
                Connection gate = closedGate("held");
                Connection later = closedGate("held later")) {
            PostgresEventStore shaky = store(pool, Duration.ofMinutes(2));
            CompletableFuture<AppendResult> first =
                    appended(() -> note(shaky, ACME, "1", ExpectedVersion.any(), "held"));
            await().until(this::somebodyWaitsAtTheGate);
            List<CompletableFuture<AppendResult>> group = new ArrayList<>();
            for (int i = 1; i <= 3; i++) {
                String stream = "group " + i;
                group.add(appended(() -> note(shaky, ACME, stream, ExpectedVersion.noStream(), "held later")));
                int waiting = i;
                await().until(() -> shaky.appendsInLine() == waiting);
            }
            gate.rollback();
            result(first);
            await().until(() -> somebodyWaits("%append_batch%"));
            proxy.cutNextAnswer();
            later.rollback();

            assertThat(group)
                    .allSatisfy(
                            each -> assertThat(result(each).alreadyRecorded()).isTrue());
        }
        assertThat(database.query("SELECT count(*), count(DISTINCT event_id), max(position) FROM eventstream.events"))
                .containsExactly("4|4|4");
    }

    private PostgresEventStore store(HikariDataSource pool, Duration laneTimeout) {
        return PostgresEventStore.builder(pool, JsonEventSerializer.of(FreshDatabase.TYPES))
                .laneTimeout(laneTimeout)
                .metrics(sizes)
                .build();
    }

    private int waiting() {
        return store.appendsInLine();
    }

    /** Begins an append that queues up behind so many others. */
    private CompletableFuture<AppendResult> queued(int length, String stream, ExpectedVersion expected) {
        CompletableFuture<AppendResult> result = appended(() -> note(store, ACME, stream, expected, "a"));
        await().until(() -> waiting() == length);
        return result;
    }

    private CompletableFuture<AppendResult> appended(Supplier<AppendResult> append) {
        return CompletableFuture.supplyAsync(append, threads);
    }

    private static AppendResult note(
            EventStore store, TenantId tenant, String stream, ExpectedVersion expected, String text) {
        return store.append(tenant, FreshDatabase.notes(StreamId.of("note", stream), expected, text));
    }

    private static AppendResult result(CompletableFuture<AppendResult> running) {
        return running.orTimeout(2, TimeUnit.MINUTES).join();
    }

    /** Returns a connection that keeps appends of notes that say its name from ending. */
    private Connection closedGate(String name) throws Exception {
        Connection gate = database.connect();
        gate.setAutoCommit(false);
        FreshDatabase.query(gate, "SELECT * FROM public.gate WHERE name = '" + name + "' FOR UPDATE");
        return gate;
    }

    private boolean somebodyWaitsAtTheGate() {
        return somebodyWaits("%append%");
    }

    private boolean somebodyWaitsForALane() {
        return somebodyWaits("%append_batch%");
    }

    private boolean somebodyWaits(String query) {
        return sessionsThatWait(query) > 0;
    }

    private int sessionsThatWait(String query) {
        return database.query("SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '" + query
                        + "' AND datname = current_database()")
                .size();
    }

    /** Remembers how many appends travelled together. */
    private static final class Sizes implements AppendMetrics {

        private final List<Integer> calls = new CopyOnWriteArrayList<>();

        @Override
        public void sent(int appends, int events, Duration laneWait, Duration laneHeld) {
            calls.add(appends);
        }
    }
}
