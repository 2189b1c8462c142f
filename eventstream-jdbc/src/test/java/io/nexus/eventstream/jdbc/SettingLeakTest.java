package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LaneBusyException;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.JsonEventSerializer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** No setting of the session is different after a call from what it was before, in a caller's transaction or our own. */
class SettingLeakTest {

    private static final String SETTINGS =
            "SELECT name, setting FROM pg_settings WHERE name NOT LIKE 'plpgsql.%' ORDER BY name";
    private static final TenantId ACME = TenantId.of("acme");
    private static final StreamId STREAM = StreamId.of("note", "1");

    @Test
    void callsInACallersTransactionLeaveItsSettingsAlone() throws SQLException {
        try (FreshDatabase database = FreshDatabase.migrated();
                Connection host = database.connect();
                Connection blocker = database.connect()) {
            PostgresEventStore store = impatientStore(database);
            store.ensureTenant(ACME);
            blocker.setAutoCommit(false);
            store.joining(blocker).lockLanes(ACME);

            host.setAutoCommit(false);
            FreshDatabase.query(
                    host,
                    "SELECT set_config('lock_timeout', '12345', false), set_config('synchronous_commit', 'off', false)");
            List<String> before = FreshDatabase.query(host, SETTINGS);
            assertThatThrownBy(() ->
                            store.joining(host).append(ACME, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a")))
                    .isInstanceOf(LaneBusyException.class);
            assertThat(FreshDatabase.query(host, SETTINGS)).isEqualTo(before);

            blocker.rollback();
            JoinedEventStore joined = store.joining(host);
            joined.lockLanes(ACME);
            joined.append(ACME, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a"));
            assertThatThrownBy(() -> joined.append(ACME, FreshDatabase.notes(STREAM, ExpectedVersion.noStream(), "a")))
                    .isInstanceOf(ConcurrencyException.class);
            joined.positionAt(ACME, joined.head(ACME).orElseThrow().recordedAt());
            assertThat(FreshDatabase.query(host, SETTINGS)).isEqualTo(before);

            host.commit();
            assertThat(FreshDatabase.query(host, SETTINGS)).isEqualTo(before);
            assertThat(FreshDatabase.query(host, "SELECT nullif(current_setting('eventstream.lanes', true), '')"))
                    .containsExactly("null");
        }
    }

    @Test
    void callsOfOurOwnLeaveThePoolsConnectionAlone() throws SQLException {
        try (FreshDatabase database = FreshDatabase.migrated();
                var pool = database.poolWith(config -> {
                    config.setMaximumPoolSize(1);
                    config.setConnectionInitSql("SET synchronous_commit = off");
                })) {
            PostgresEventStore store = PostgresEventStore.create(pool, FreshDatabase.TYPES);
            List<String> before;
            try (Connection connection = pool.getConnection()) {
                before = FreshDatabase.query(connection, SETTINGS);
            }

            store.append(ACME, FreshDatabase.notes(STREAM, ExpectedVersion.any(), "a"));
            store.positionAt(ACME, store.head(ACME).orElseThrow().recordedAt());

            try (Connection connection = pool.getConnection()) {
                assertThat(FreshDatabase.query(connection, SETTINGS)).isEqualTo(before);
            }
        }
    }

    private static PostgresEventStore impatientStore(FreshDatabase database) {
        return PostgresEventStore.builder(database.pool(), JsonEventSerializer.of(FreshDatabase.TYPES))
                .laneTimeout(Duration.ofMillis(50))
                .build();
    }
}
