package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.localpostgres.LocalPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** Nodes hear of each other's appends without polling, and look at everything after a connection was lost. */
class PostgresNotificationsTest {

    record Noted(String text) {}

    private static final TenantId ACME = TenantId.of("acme");

    private final PGSimpleDataSource dataSource = new PGSimpleDataSource();
    private final PGSimpleDataSource listening = new PGSimpleDataSource();
    private final BlockingQueue<TenantId> heard = new LinkedBlockingQueue<>();
    private final BlockingQueue<Boolean> looked = new LinkedBlockingQueue<>();
    private PostgresEventStore here;
    private PostgresEventStore there;
    private PostgresNotifications hints;
    private PostgresNotifications others;

    @BeforeEach
    void listen() throws InterruptedException {
        String url = LocalPostgres.server().newDatabase();
        dataSource.setUrl(url);
        listening.setUrl(url);
        listening.setApplicationName("listens");
        SchemaMigrator.of(dataSource).migrate();
        here = PostgresEventStore.create(dataSource, EventTypes.of(Noted.class));
        there = PostgresEventStore.create(dataSource, EventTypes.of(Noted.class));
        hints = PostgresNotifications.start(listening, here, heard::add, () -> looked.add(true));
        others = PostgresNotifications.start(listening, there, tenant -> {}, () -> {});
        assertThat(looked.poll(2, TimeUnit.MINUTES)).isTrue();
    }

    @AfterEach
    void stop() {
        hints.close();
        others.close();
    }

    @Test
    void anAppendOfAnotherNodeIsHeardOf() throws InterruptedException {
        append(there);

        assertThat(heard.poll(2, TimeUnit.MINUTES)).isEqualTo(ACME);
    }

    @Test
    void everythingIsLookedAtAfterTheListeningConnectionWasLost() throws Exception {
        int terminated = terminateListeners();

        assertThat(terminated).isGreaterThanOrEqualTo(1);
        assertThat(looked.poll(2, TimeUnit.MINUTES)).isTrue();
        append(there);
        assertThat(heard.poll(2, TimeUnit.MINUTES)).isEqualTo(ACME);
    }

    @Test
    void aNotificationThatNamesNoTenantIsPassedOverAndTheConnectionKept() throws Exception {
        assertThat(count("SELECT count(pg_notify('eventstream_appended', ''))")).isEqualTo(1);
        append(there);

        assertThat(heard.poll(2, TimeUnit.MINUTES)).isEqualTo(ACME);
        assertThat(looked).as("whether it had to listen anew").isEmpty();
    }

    @Test
    void whatWasClosedHearsNothingAndLeavesNoConnection() throws Exception {
        hints.close();
        others.close();
        append(there);

        await().atMost(Duration.ofMinutes(2)).until(() -> listeners() == 0);
        assertThat(heard).isEmpty();
    }

    private static void append(PostgresEventStore store) {
        store.append(
                ACME, StreamAppend.of(StreamId.of("note", "1"), ExpectedVersion.any(), NewEvent.of(new Noted("x"))));
    }

    private int terminateListeners() throws SQLException {
        return count("SELECT count(pg_terminate_backend(a.pid)) FROM pg_stat_activity a"
                + " WHERE a.datname = current_database() AND a.application_name = 'listens'");
    }

    private int listeners() throws SQLException {
        return count("SELECT count(*) FROM pg_stat_activity a"
                + " WHERE a.datname = current_database() AND a.application_name = 'listens'");
    }

    private int count(String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getInt(1);
        }
    }
}
