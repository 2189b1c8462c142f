package io.nexus.eventstream.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A network with a long way, little width, and moments in which nothing moves. */
@ExtendWith(FaultReport.class)
class SlowNetworkTest {

    @Test
    @DisplayName("20 ms and 256 KiB/s each way, and stalls past the driver's time-out")
    void aSlowNetworkIsSlowAndNothingElse(Figures figures) {
        Book book = new Book();
        try (Server server = Server.create().start()) {
            Pools.install(server, "acme", "bolt");
            try (Proxy proxy = new Proxy(server.port())) {
                slow(server, proxy, book, figures);
            }
            figures.checked(Oracle.check(server.url(), book));
            figures.checked(Journal.assertEqualsLog(server, "v1_a"));
        }
    }

    private static void slow(Server server, Proxy proxy, Book book, Figures figures) {
        proxy.delay(Duration.ofMillis(20));
        proxy.bandwidth(256 * 1024);
        try (HikariDataSource pool = Pools.pool(proxy.url() + "&socketTimeout=2", 16)) {
            PostgresEventStore store = Pools.store(pool).build();
            try (ProjectionEngine engine = Journal.engine(store, "engine");
                    Load load = Load.on(store, book).start()) {
                engine.start();
                load.awaitProgress(300);
                for (int round = 0; round < 3; round++) {
                    proxy.standStill(Duration.ofSeconds(5));
                    figures.faults(1);
                    load.awaitProgress(200);
                }
                load.settle();
                assertThat(load.inDoubt.get() + load.foundRecorded.get() + load.refusals.get())
                        .as("appends that heard of it")
                        .isPositive();
                figures.load(load);
                proxy.delay(Duration.ZERO);
                Journal.awaitEnd(server);
            }
        }
    }
}
