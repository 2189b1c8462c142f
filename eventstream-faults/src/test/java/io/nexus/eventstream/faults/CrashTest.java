package io.nexus.eventstream.faults;

import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The server dies under sixteen writers, again and again, and comes back. */
@ExtendWith(FaultReport.class)
class CrashTest {

    private static final int ROUNDS = 6;
    private static final int APPENDS_BETWEEN = 1_000;

    @Test
    @DisplayName("kill -9 of PostgreSQL, appends travel in groups")
    void nothingAcknowledgedIsLostAndNothingDoubledInGroups(Figures figures) {
        crash(figures, true);
    }

    @Test
    @DisplayName("kill -9 of PostgreSQL, each append by itself")
    void nothingAcknowledgedIsLostAndNothingDoubledAlone(Figures figures) {
        crash(figures, false);
    }

    private static void crash(Figures figures, boolean groups) {
        Book book = new Book();
        try (Server server = Server.create()) {
            if (Mutation.ASYNCHRONOUS_COMMIT.isOn()) {
                server.set("synchronous_commit", "off")
                        .set("wal_writer_delay", "10s")
                        .set("wal_buffers", "16MB");
            }
            server.start();
            Pools.install(server, "acme", "bolt");
            server.execute("CREATE TABLE public.host_rows (event_id uuid)");
            try (HikariDataSource pool = Pools.pool(server.url(), 16);
                    Follower follower = Follower.of(server.url(), "acme");
                    Load load = Load.on(Pools.store(pool).groupCommit(groups).build(), book)
                            .groups(groups)
                            .hosts(pool)
                            .start()) {
                for (int round = 0; round < ROUNDS; round++) {
                    load.awaitProgress(APPENDS_BETWEEN);
                    switch (round % 3) {
                        case 0 -> {
                            server.killAll();
                            server.start();
                        }
                        case 1 -> killOneBackend(server);
                        default -> {
                            server.killPostmaster();
                            server.start();
                        }
                    }
                    figures.faults(1);
                }
                load.awaitProgress(APPENDS_BETWEEN);
                load.settle();
                figures.load(load);
                figures.note("at most %,d ms without an append", load.longestPause.get() / 1_000_000);
                figures.checked(Oracle.check(server.url(), book));
                figures.checked(Load.checkHostRows(server, book));
                figures.checked(follower.caughtUp(server));
            }
        }
    }

    /** Which takes all others down with it, since what it left in the shared memory is not to be trusted. */
    private static void killOneBackend(Server server) {
        List<String> pids = new ArrayList<>();
        await().until(() -> pids.addAll(server.query(
                "SELECT pid FROM pg_stat_activity WHERE query LIKE '%append%' AND pid <> pg_backend_pid() LIMIT 1")));
        ProcessHandle.of(Long.parseLong(pids.get(0))).ifPresent(ProcessHandle::destroyForcibly);
    }
}
