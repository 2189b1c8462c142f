package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.jdbc.schema.SchemaName;
import io.nexus.eventstream.spi.AppendMetrics;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** When appends of several threads must not share a connection, and what an interrupt of one must not do to the others. */
class GroupCommitSafetyTest {

    private static final TenantId ACME = TenantId.of("acme");

    private final Calls calls = new Calls();
    private FreshDatabase database;

    @BeforeEach
    void open() {
        database = FreshDatabase.migrated();
        database.store().ensureTenant(ACME);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void onlyDataSourcesThatAreAlikeForAllThreadsAreTrusted() {
        assertThat(GroupCommit.suits(database.pool())).isTrue();
        assertThat(GroupCommit.suits(new PGSimpleDataSource())).isTrue();
        assertThat(GroupCommit.suits(new HikariDataSource() {})).isFalse();
        assertThat(GroupCommit.suits(new RoutingByThread(database))).isFalse();
    }

    @Test
    void aDataSourceThatRoutesByThreadKeepsAppendsApart() throws Exception {
        PostgresEventStore store = store(new RoutingByThread(database));

        appendBehindAHeldLane(store, 4);

        assertThat(calls.sizes).containsOnly(1);
    }

    @Test
    void theSwitchKeepsAppendsApart() throws Exception {
        PostgresEventStore store = PostgresEventStore.builder(
                        database.pool(), JsonEventSerializer.of(FreshDatabase.TYPES))
                .laneTimeout(Duration.ofMinutes(2))
                .groupCommit(false)
                .metrics(calls)
                .build();

        appendBehindAHeldLane(store, 4);

        assertThat(calls.sizes).containsOnly(1);
    }

    @Test
    void aPlainPoolLetsThemTravelTogether() throws Exception {
        appendBehindAHeldLane(store(database.pool()), 1);

        assertThat(calls.sizes).anyMatch(size -> size > 1);
    }

    @Test
    void aConnectionInATransactionIsRefusedAndTheHostsWorkNotCommitted() throws Exception {
        try (Connection host = database.connect()) {
            PGSimpleDataSource joined = new PGSimpleDataSource() {
                private static final long serialVersionUID = 1L;

                @Override
                public Connection getConnection() {
                    return (Connection) Proxy.newProxyInstance(
                            getClass().getClassLoader(),
                            new Class<?>[] {Connection.class},
                            (proxy, method, arguments) -> {
                                if (method.getName().equals("close")) {
                                    return null;
                                }
                                try {
                                    return method.invoke(host, arguments);
                                } catch (InvocationTargetException e) {
                                    throw e.getCause();
                                }
                            });
                }
            };
            PostgresEventStore store = store(joined);
            database.execute("CREATE TABLE public.host (n int)");
            host.setAutoCommit(false);
            FreshDatabase.query(host, "INSERT INTO public.host VALUES (1) RETURNING n");

            assertThatThrownBy(() -> store.append(
                            ACME, FreshDatabase.notes(StreamId.of("note", "1"), ExpectedVersion.any(), "a")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("joining(connection)");

            assertThat(host.getAutoCommit()).isFalse();
            host.rollback();
            assertThat(database.query("SELECT * FROM public.host")).isEmpty();
            assertThat(database.query("SELECT * FROM eventstream.events")).isEmpty();
        }
    }

    /** On JDKs with virtual threads the leader is one, whose interrupt closes the socket that it is blocked on. */
    @Test
    void anInterruptOfTheLeaderBreaksNobodysAppend() throws Exception {
        PostgresEventStore store = store(database.pool());
        CompletableFuture<AppendResult> led = new CompletableFuture<>();
        CompletableFuture<AppendResult> followed = new CompletableFuture<>();
        Thread leader;
        try (Connection host = database.connect()) {
            host.setAutoCommit(false);
            store.joining(host).lockLanes(ACME);
            leader = started(() -> led.complete(note(store, "led")));
            await().until(() -> waiting() == 1);
            Thread follower = started(() -> followed.complete(note(store, "followed")));
            // Both are in one group once the leader has come back to take along what queued up.
            await().until(() -> isParked(follower) && store.appendsInLine() == 0 && waiting() == 1);

            leader.interrupt();
            await().during(Duration.ofMillis(300)).until(() -> !led.isDone());
            host.rollback();
        }

        assertThat(led.get(2, TimeUnit.MINUTES).alreadyRecorded()).isFalse();
        assertThat(followed.get(2, TimeUnit.MINUTES).alreadyRecorded()).isFalse();
        assertThat(store.read(ACME, EventQuery.log()).events()).hasSize(2);
    }

    @Test
    void aLeaderThatIsInterruptedWhileThereIsNoConnectionGivesUpAndTheOthersGoOn() throws Exception {
        Exhaustible dataSource = new Exhaustible(database);
        PostgresEventStore store = PostgresEventStore.builder(dataSource, JsonEventSerializer.of(FreshDatabase.TYPES))
                .laneTimeout(Duration.ofMinutes(10))
                .groupCommit(true)
                .build();
        CompletableFuture<AppendResult> led = new CompletableFuture<>();
        CompletableFuture<AppendResult> followed = new CompletableFuture<>();
        try (Connection host = database.connect()) {
            host.setAutoCommit(false);
            store.joining(host).lockLanes(ACME);
            Thread leader = new Thread(() -> {
                try {
                    led.complete(note(store, "led"));
                } catch (RuntimeException e) {
                    led.completeExceptionally(e);
                }
            });
            leader.start();
            await().until(() -> waiting() == 1);
            Thread follower = new Thread(() -> followed.complete(note(store, "followed")));
            follower.start();
            await().until(() -> isParked(follower));
            dataSource.exhausted = true;
            await().until(() -> dataSource.waiting.get() == 1 && store.appendsInLine() == 0);

            leader.interrupt();

            assertThatThrownBy(() -> led.get(1, TimeUnit.MINUTES))
                    .hasCauseInstanceOf(StorageException.class)
                    .hasMessageContaining("interrupted while its append");
            host.rollback();
        } finally {
            dataSource.exhausted = false;
        }
        assertThat(followed.get(2, TimeUnit.MINUTES).alreadyRecorded()).isFalse();
        assertThat(store.read(ACME, EventQuery.log()).events()).hasSize(1);
    }

    @Test
    void aConnectionThatHangsStopsNoOtherTenant() throws Exception {
        TenantId other = TenantId.of("other");
        database.store().ensureTenant(other);
        try (CutProxy proxy = new CutProxy(database.url());
                HikariDataSource pool = database.poolWith(config -> config.setJdbcUrl(proxy.url()))) {
            PostgresEventStore store = store(pool);
            note(store, ACME, "1");
            proxy.hangNextRequest();
            CompletableFuture<AppendResult> hung = CompletableFuture.supplyAsync(() -> note(store, ACME, "2"));
            await().until(proxy::hangs);

            assertThat(note(store, other, "1").alreadyRecorded()).isFalse();
            assertThat(note(store, other, "2").alreadyRecorded()).isFalse();
            assertThat(hung).isNotDone();
        }
    }

    @Test
    void afterAnErrorNobodyKnowsWhatWasCommitted() {
        Statements statements = new Statements(SchemaName.DEFAULT, false);
        AppendSettings settings = new AppendSettings(
                Clock.systemUTC(), Duration.ZERO, Duration.ZERO, true, new AppendMeter(AppendMetrics.NONE));
        OwnConnections connections = new OwnConnections(database.pool(), statements.wall);
        GroupCommit groupCommit = new GroupCommit(
                connections, new PostgresEventStorage(connections, statements, settings), statements, settings, true);
        Error error = new StackOverflowError();

        assertThat(groupCommit.doubt(error)).isSameAs(error);
    }

    /** Returns whether the thread waits, in the line or in a group that another leads. */
    private static boolean isParked(Thread thread) {
        return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING;
    }

    /** Returns how many sessions wait for a lock. */
    private int waiting() {
        return database.query(
                        "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
                .size();
    }

    private static Thread started(Runnable work) throws ReflectiveOperationException {
        try {
            Method startVirtual = Thread.class.getMethod("startVirtualThread", Runnable.class);
            return (Thread) startVirtual.invoke(null, work);
        } catch (NoSuchMethodException beforeJdk21) {
            Thread thread = new Thread(work);
            thread.start();
            return thread;
        }
    }

    /** Begins four appends while a host holds the lane, and lets it go when so many sessions wait for it. */
    private void appendBehindAHeldLane(PostgresEventStore store, int sessions) throws Exception {
        List<CompletableFuture<AppendResult>> all = new ArrayList<>();
        try (Connection host = database.connect()) {
            host.setAutoCommit(false);
            database.store().joining(host).lockLanes(ACME);
            for (int i = 0; i < 4; i++) {
                String stream = "s" + i;
                CompletableFuture<AppendResult> result = new CompletableFuture<>();
                all.add(result);
                started(() -> result.complete(note(store, stream)));
            }
            await().until(() -> waiting() == sessions && (sessions > 1 || store.appendsInLine() < 4));
            host.rollback();
        }
        for (CompletableFuture<AppendResult> each : all) {
            assertThat(each.get(2, TimeUnit.MINUTES).alreadyRecorded()).isFalse();
        }
    }

    private PostgresEventStore store(DataSource dataSource) {
        return PostgresEventStore.builder(dataSource, JsonEventSerializer.of(FreshDatabase.TYPES))
                .laneTimeout(Duration.ofMinutes(2))
                .metrics(calls)
                .build();
    }

    private static AppendResult note(PostgresEventStore store, String stream) {
        return note(store, ACME, stream);
    }

    private static AppendResult note(PostgresEventStore store, TenantId tenant, String stream) {
        return store.append(tenant, FreshDatabase.notes(StreamId.of("note", stream), ExpectedVersion.noStream(), "a"));
    }

    /** Remembers how many appends travelled in each call. */
    private static final class Calls implements AppendMetrics {

        private final List<Integer> sizes = new CopyOnWriteArrayList<>();

        @Override
        public void sent(int appends, int events, Duration laneWait, Duration laneHeld) {
            sizes.add(appends);
        }
    }

    /** Can be out of connections, and then does with an interrupt what HikariCP does. */
    private static final class Exhaustible extends PGSimpleDataSource {

        private static final long serialVersionUID = 1L;

        private final AtomicInteger waiting = new AtomicInteger();
        private volatile boolean exhausted;

        Exhaustible(FreshDatabase database) {
            setUrl(database.url());
        }

        @Override
        public Connection getConnection() throws SQLException {
            waiting.incrementAndGet();
            try {
                while (exhausted) {
                    if (Thread.currentThread().isInterrupted()) {
                        throw new SQLException("interrupted during connection acquisition");
                    }
                    LockSupport.parkNanos(1_000_000);
                }
            } finally {
                waiting.decrementAndGet();
            }
            return super.getConnection();
        }
    }

    /** As of a host that has a database for each of its threads' customers. */
    private static final class RoutingByThread extends PGSimpleDataSource {

        private static final long serialVersionUID = 1L;

        RoutingByThread(FreshDatabase database) {
            setUrl(database.url());
        }
    }
}
