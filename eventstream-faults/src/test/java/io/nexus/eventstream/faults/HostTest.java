package io.nexus.eventstream.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.CommitOutcomeUnknownException;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LaneBusyException;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.faults.Book.Entry;
import io.nexus.eventstream.faults.Book.Fact;
import io.nexus.eventstream.faults.Book.Place;
import io.nexus.eventstream.faults.Book.Told;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.PGConnection;

/** A host that keeps what others need. */
@ExtendWith(FaultReport.class)
class HostTest {

    private static final StreamId STREAM = StreamId.of("account", "held");

    private Server server;

    @BeforeEach
    void start() {
        server = Server.create().start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    @DisplayName("all connections of the pool in use")
    void anExhaustedPoolIsToldInBoundedTimeAndRecovers(Figures figures) throws SQLException {
        Pools.install(server, "acme", "bolt");
        Book book = new Book();
        try (HikariDataSource pool = Pools.pool(server.url(), 4)) {
            pool.setConnectionTimeout(500);
            try (Load load = Load.on(Pools.store(pool).build(), book).start()) {
                for (int round = 0; round < 3; round++) {
                    load.awaitProgress(300);
                    List<Connection> kept = new ArrayList<>();
                    while (kept.size() < 4) {
                        try {
                            kept.add(pool.getConnection());
                        } catch (SQLException e) {
                            // The writers have them still.
                            assertThat(e.getMessage()).contains("not available");
                        }
                    }
                    long before = load.refusals.get();
                    load.awaitThat(() -> load.refusals.get() > before + 32, "refusals");
                    assertThat(load.lastRefusal).contains("no connection to the database");
                    figures.faults(1);
                    for (Connection each : kept) {
                        each.close();
                    }
                }
                load.awaitProgress(300);
                load.settle();
                figures.load(load);
                figures.note("%,d appends refused", load.refusals.get());
                assertThat(load.inDoubt.get())
                        .as("doubts where nothing was sent")
                        .isZero();
            }
        }
        figures.checked(Oracle.check(server.url(), book));
    }

    @Test
    @DisplayName("a host's transaction that keeps a lane")
    void aKeptLaneIsNamedAndHoldsUpNobodyElse(Figures figures) throws SQLException {
        Pools.install(server, "acme", "bolt", "held");
        Book book = new Book();
        try (HikariDataSource pool = Pools.pool(server.url(), 20);
                Connection host = server.connect();
                Load load = Load.on(Pools.store(pool).build(), book).start()) {
            PostgresEventStore impatient =
                    Pools.store(pool).laneTimeout(Duration.ofMillis(300)).build();
            host.setClientInfo("ApplicationName", "the long host");
            host.setAutoCommit(false);
            append(impatient.joining(host), book);
            for (int round = 0; round < 5; round++) {
                load.awaitProgress(300);
                LaneBusyException busy = catchThrowableOfType(
                        LaneBusyException.class, () -> impatient.append(TenantId.of("held"), other()));
                assertThat(busy.holders()).hasSize(1);
                assertThat(busy.holders().get(0).name()).isEqualTo("the long host");
                assertThat(busy.holders().get(0).state()).isEqualTo("idle in transaction");
                assertThat(busy.holders().get(0).pid()).isEqualTo(OptionalInt.of(backendOf(host)));
                figures.faults(1);
            }
            assertThat(load.busy.get()).as("other tenants that had to wait").isZero();
            host.commit();
            append(impatient, book);
            load.settle();
            figures.load(load);
        }
        figures.checked(Oracle.check(server.url(), book));
    }

    @Test
    @DisplayName("a server that is not there")
    void aServerThatIsAwayIsToldAtOnce(Figures figures) {
        Pools.install(server, "acme");
        Book book = new Book();
        try (HikariDataSource pool = Pools.pool(server.url(), 4)) {
            pool.setConnectionTimeout(500);
            PostgresEventStore store = Pools.store(pool).build();
            append(store, TenantId.of("acme"), book);
            server.stop();
            // The pool may hand out a connection that it has not yet found broken: then nobody knows, and says so.
            assertThatThrownBy(() -> store.append(TenantId.of("acme"), other()))
                    .isInstanceOfAny(StorageException.class, CommitOutcomeUnknownException.class);
            await().untilAsserted(() -> assertThatThrownBy(() -> store.append(TenantId.of("acme"), other()))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("no connection to the database"));
            figures.faults(1);
            server.start();
            append(store, TenantId.of("acme"), book);
        }
        figures.checked(Oracle.check(server.url(), book));
    }

    private static int backendOf(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }

    private static void append(EventStore store, Book book) {
        append(store, TenantId.of("held"), book);
    }

    private static void append(EventStore store, TenantId tenant, Book book) {
        NewEvent event = NewEvent.of(
                new Load.Posted("of " + tenant + " " + book.entries().size(), 1));
        Entry entry = book.sent(
                tenant.value(), List.of(new Fact(event.id().value(), "held", ((Load.Posted) event.payload()).text())));
        var result = store.append(tenant, new StreamAppend(STREAM, ExpectedVersion.any(), List.of(event)));
        entry.places.add(new Place(
                event.id().value(),
                result.version(STREAM).value(),
                result.position().value()));
        entry.recordedAt = result.recordedAt();
        entry.told = Told.ACKNOWLEDGED;
    }

    private static StreamAppend other() {
        return new StreamAppend(STREAM, ExpectedVersion.any(), List.of(NewEvent.of(new Load.Posted("other", 1))));
    }
}
