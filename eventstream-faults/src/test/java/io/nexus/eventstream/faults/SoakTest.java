package io.nexus.eventstream.faults;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Sixty-four writers for some minutes, a quarter of them hosts with transactions of their own, on hot streams of several
 * tenants; followers that read behind them, two engines that fight for one projection; and somebody who cancels statements,
 * ends sessions, interrupts threads, and lets statements run into time-outs.
 */
@ExtendWith(FaultReport.class)
class SoakTest {

    private static final Duration LASTS = Duration.ofSeconds(60L * Long.getLong("faults.minutes", 2));
    private static final String[] TENANTS = {"acme", "bolt", "cobb", "dyer"};

    @Test
    @DisplayName("64 writers under cancels, ended sessions, interrupts and time-outs")
    void whateverIsCancelledTheLogIsWhatCallersWereTold(Figures figures) {
        Book book = new Book();
        try (Server server = Server.create().start()) {
            Pools.install(server, TENANTS);
            server.execute("CREATE TABLE public.host_rows (event_id uuid)");
            HikariConfig config = new HikariConfig();
            config.setJdbcUrl(server.url() + "&options=-c%20statement_timeout=2000");
            config.setMaximumPoolSize(40);
            config.setMinimumIdle(0);
            try (HikariDataSource pool = new HikariDataSource(config);
                    HikariDataSource engines = Pools.pool(server.url(), 16)) {
                PostgresEventStore store =
                        Pools.store(pool).laneTimeout(Duration.ofSeconds(1)).build();
                List<Follower> followers = new ArrayList<>();
                try (ProjectionEngine one = Journal.engine(Pools.store(engines).build(), "one");
                        ProjectionEngine two =
                                Journal.engine(Pools.store(engines).build(), "two");
                        Load load = Load.on(store, book)
                                .tenants(TENANTS)
                                .streams(6)
                                .writers(64)
                                .hosts(pool)
                                .start()) {
                    one.start();
                    two.start();
                    for (String tenant : TENANTS) {
                        followers.add(Follower.of(server.url(), tenant));
                    }
                    figures.faults(disturb(server, load));
                    load.settle();
                    figures.load(load);
                    figures.note(
                            "%,d conflicts, %,d refusals, %,d busy lanes",
                            load.conflicts.get(), load.refusals.get(), load.busy.get());
                    Journal.awaitEnd(server);
                } finally {
                    followers.forEach(Follower::close);
                }
                followers.forEach(follower -> figures.checked(follower.caughtUp(server)));
            }
            figures.checked(Oracle.check(server.url(), book));
            figures.checked(Load.checkHostRows(server, book));
            figures.checked(Journal.assertEqualsLog(server, "v1_a"));
        }
    }

    /** Disturbs somebody every few milliseconds until the time is over; returns how often. */
    private static long disturb(Server server, Load load) {
        Random random = new Random();
        long end = System.nanoTime() + LASTS.toNanos();
        long faults = 0;
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            while (System.nanoTime() < end && load.unexpected.isEmpty()) {
                switch (random.nextInt(10)) {
                    case 0 -> statement.execute(victims("pg_terminate_backend(pid)"));
                    case 1, 2, 3, 4 -> statement.execute(victims("pg_cancel_backend(pid)"));
                    case 5 ->
                        // Appends wait for it longer than their statements may last.
                        statement.execute("""
                                DO $$
                                BEGIN
                                    PERFORM 1 FROM eventstream.tenants WHERE tenant_id = 'acme' FOR NO KEY UPDATE;
                                    PERFORM pg_sleep(random() * 3);
                                END $$
                                """);
                    default -> load.interruptOne(random);
                }
                faults++;
                LockSupport.parkNanos(random.nextInt(60_000_000));
            }
            return faults;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String victims(String what) {
        return "SELECT " + what
                + " FROM (SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
                + " AND state <> 'idle' ORDER BY random() LIMIT 1) victims";
    }
}
