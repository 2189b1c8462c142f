package io.nexus.eventstream.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.ClockSuspectException;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Clocks jump under load: the database's, by its function, and the caller's. */
@ExtendWith(FaultReport.class)
class ClockTest {

    @Test
    @DisplayName("clock back an hour, forward a year, back two minutes")
    void aClockThatJumpsIsRefusedBeforeAnythingIsWrittenAndBreaksNoOrder(Figures figures) {
        Book book = new Book();
        try (Server server = Server.create().start()) {
            Pools.install(server, "acme", "bolt");
            try (HikariDataSource pool = Pools.pool(server.url(), 16);
                    Load load = Load.on(Pools.store(pool).build(), book).start()) {
                load.awaitProgress(500);
                suspect(server, load, figures, "- interval '1 hour'", "the newest event");
                suspect(server, load, figures, "+ interval '1 year'", "the caller's clock");
                // A step within the bound is taken: moments then grow by a microsecond.
                setClock(server, "- interval '2 minutes'");
                load.awaitProgress(500);
                figures.faults(1);
                setClock(server, "+ interval '2 minutes'");
                load.awaitProgress(500);
                figures.faults(1);
                setClock(server, "+ interval '0'");
                load.awaitProgress(500);
                load.settle();
                figures.load(load);
                figures.note("%,d appends refused", load.suspectClocks.get());
                assertThatThrownBy(() -> Pools.store(pool)
                                .clock(Clock.offset(Clock.systemUTC(), Duration.ofHours(-1)))
                                .build()
                                .append(
                                        TenantId.of("acme"),
                                        new StreamAppend(
                                                StreamId.of("account", "1"),
                                                ExpectedVersion.any(),
                                                List.of(NewEvent.of(new Load.Posted("of a slow clock", 1))))))
                        .isInstanceOf(ClockSuspectException.class)
                        .hasMessageContaining("the caller's clock");
                figures.faults(1);
            }
            figures.checked(Oracle.check(server.url(), book));
        }
    }

    private static void suspect(Server server, Load load, Figures figures, String step, String comparedWith) {
        setClock(server, step);
        // What had begun with the old clock is through once every writer was refused a few times.
        awaitRefusals(load, 64);
        assertThat(load.lastRefusal).contains(comparedWith);
        List<String> before = server.query("SELECT count(*) FROM eventstream.events");
        awaitRefusals(load, 64);
        assertThat(server.query("SELECT count(*) FROM eventstream.events")).isEqualTo(before);
        figures.faults(1);
        setClock(server, "+ interval '0'");
        load.awaitProgress(500);
    }

    private static void awaitRefusals(Load load, long more) {
        long goal = load.suspectClocks.get() + more;
        load.awaitThat(() -> load.suspectClocks.get() >= goal, "refusals for the clock");
    }

    private static void setClock(Server server, String step) {
        server.execute("CREATE OR REPLACE FUNCTION eventstream.clock() RETURNS timestamptz LANGUAGE sql VOLATILE AS"
                + " $$ SELECT clock_timestamp() " + step + " $$");
    }
}
