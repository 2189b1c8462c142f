package io.nexus.eventstream.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The request arrives, the answer does not. */
@ExtendWith(FaultReport.class)
class LostAnswerTest {

    private static final int CUTS = 100;

    private Server server;

    @BeforeEach
    void start() {
        server = Server.create().start();
        server.execute("CREATE TABLE public.host_rows (event_id uuid)");
        Pools.install(server, "acme", "bolt");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    @DisplayName("answers lost after the request, appends travel in groups")
    void inGroups(Figures figures) {
        cut(figures, true, false);
    }

    @Test
    @DisplayName("answers lost after the request, each append by itself")
    void alone(Figures figures) {
        cut(figures, false, false);
    }

    @Test
    @DisplayName("answers lost, with an inline projector and a COMMIT of its own")
    void inline(Figures figures) {
        cut(figures, false, true);
        Journal.assertEqualsLog(server, "v1_a");
    }

    private void cut(Figures figures, boolean groups, boolean inline) {
        Book book = new Book();
        try (Proxy proxy = new Proxy(server.port());
                HikariDataSource pool = Pools.pool(proxy.url(), 16);
                HikariDataSource direct = Pools.pool(server.url(), 4)) {
            PostgresEventStore.Builder builder = Pools.store(pool).groupCommit(groups);
            if (inline) {
                builder.inline(new Journal());
                Journal.begin(direct);
            }
            try (Load load = Load.on(builder.build(), book)
                    .groups(groups)
                    .hosts(inline ? null : pool)
                    .start()) {
                for (int i = 1; i <= CUTS; i++) {
                    load.awaitProgress(15);
                    proxy.cutNextAnswer();
                    int goal = i;
                    load.awaitThat(() -> proxy.cut() >= goal, "a cut");
                }
                load.settle();
                assertThat(load.inDoubt.get() + load.foundRecorded.get())
                        .as("appends that were in doubt")
                        .isPositive();
                figures.load(load);
            }
            figures.faults(proxy.cut());
            figures.checked(Oracle.check(server.url(), book));
            if (!inline) {
                figures.checked(Load.checkHostRows(server, book));
            }
        }
    }
}
