package io.nexus.eventstream.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.NotFinalYetException;
import io.nexus.eventstream.NotFinalYetException.Reason;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a hot standby answers: it can tell what is final up to its newest event, and of later moments only that it cannot. */
class StandbyTest {

    /** The one kind of event here. */
    record Noted(String text) {}

    private static final TenantId ACME = TenantId.of("acme");
    private static final EventTypes TYPES = EventTypes.of(Noted.class);
    private static final StreamAppend NOTE =
            StreamAppend.of(StreamId.of("note", "1"), ExpectedVersion.any(), NewEvent.of(new Noted("a")));

    @Test
    void aStandbyReadsAndSaysWhatIsNotFinal() {
        try (Server primary = Server.create()
                .set("wal_level", "replica")
                .set("hot_standby", "on")
                .start()) {
            Pools.install(primary, ACME.value());
            LogHead head = appended(primary);
            primary.stop();
            try (Server standby = primary.copiedAsStandby(primary.port());
                    HikariDataSource pool = Pools.pool(standby.start().url(), 3)) {
                PostgresEventStore store = PostgresEventStore.create(pool, TYPES);

                assertThat(store.read(ACME, EventQuery.log()).events()).hasSize(1);
                assertThat(store.positionAt(ACME, head.recordedAt())).isEqualTo(head.position());
                assertThatThrownBy(
                                () -> store.positionAt(ACME, head.recordedAt().plusNanos(1_000)))
                        .isInstanceOfSatisfying(
                                NotFinalYetException.class,
                                e -> assertThat(e.reason()).isEqualTo(Reason.STANDBY));
                assertThatThrownBy(() -> store.appendAll(ACME, List.of(NOTE))).isInstanceOf(StorageException.class);
            }
        }
    }

    private static LogHead appended(Server primary) {
        try (HikariDataSource pool = Pools.pool(primary.url(), 3)) {
            PostgresEventStore store = PostgresEventStore.create(pool, TYPES);
            store.append(ACME, NOTE);
            return store.head(ACME).orElseThrow();
        }
    }
}
