package io.nexus.eventstream.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The primary dies, the standby that commits waited for takes its place, and everybody goes on there. */
@ExtendWith(FaultReport.class)
class FailoverTest {

    @Test
    @DisplayName("failover to a synchronous standby")
    void nothingAcknowledgedIsLostWithThePrimary(Figures figures) {
        Book book = new Book();
        try (Server primary = Server.create()
                .set("wal_level", "replica")
                .set("hot_standby", "on")
                .start()) {
            Pools.install(primary, "acme", "bolt");
            primary.stop();
            try (Proxy between = new Proxy(primary.port());
                    Server standby = primary.copiedAsStandby(between.port())) {
                boolean synchronous = !Mutation.ASYNCHRONOUS_STANDBY.isOn();
                primary.set("synchronous_standby_names", synchronous ? "standby" : "")
                        .start();
                standby.start();
                await().until(() -> primary.query("SELECT sync_state FROM pg_stat_replication")
                        .equals(List.of(synchronous ? "sync" : "async")));
                failOver(primary, between, standby, book, figures);
            }
        }
    }

    private static void failOver(Server primary, Proxy between, Server standby, Book book, Figures figures) {
        String both =
                "jdbc:postgresql://127.0.0.1:%d,127.0.0.1:%d/postgres?user=postgres&targetServerType=primary&hostRecheckSeconds=1"
                        .formatted(primary.port(), standby.port());
        try (HikariDataSource pool = Pools.pool(both, 20)) {
            PostgresEventStore store = Pools.store(pool).build();
            try (ProjectionEngine engine = Journal.engine(store, "engine");
                    Load load = Load.on(store, book).start()) {
                engine.start();
                load.awaitProgress(3_000);
                if (Mutation.ASYNCHRONOUS_STANDBY.isOn()) {
                    between.standStill(Duration.ofHours(1));
                    load.awaitProgress(100);
                }
                primary.killAll();
                // What is on its way to the standby does not arrive any more.
                between.close();
                assertThat(standby.query("SELECT pg_promote()")).containsExactly("t");
                figures.faults(1);
                load.awaitProgress(1_000);
                load.settle();
                figures.load(load);
                figures.note("at most %,d ms without an append", load.longestPause.get() / 1_000_000);
                figures.checked(Oracle.check(standby.url(), book));
                Journal.awaitEnd(standby);
            }
            figures.checked(Journal.assertEqualsLog(standby, "v1_a"));
        }
    }
}
