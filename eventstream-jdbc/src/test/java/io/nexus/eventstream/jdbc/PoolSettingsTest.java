package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the host has set on its connections, the store works and gives them back as they were. */
class PoolSettingsTest {

    private static final StreamId STREAM = StreamId.of("note", "1");

    private static FreshDatabase database;

    @BeforeAll
    static void migrate() {
        database = FreshDatabase.migrated();
    }

    @AfterAll
    static void close() {
        database.close();
    }

    static Stream<Settings> settings() {
        List<Settings> all = new ArrayList<>();
        for (boolean autoCommit : new boolean[] {true, false}) {
            for (boolean readOnly : new boolean[] {true, false}) {
                for (int isolation : new int[] {
                    Connection.TRANSACTION_READ_COMMITTED,
                    Connection.TRANSACTION_REPEATABLE_READ,
                    Connection.TRANSACTION_SERIALIZABLE
                }) {
                    all.add(new Settings(autoCommit, readOnly, isolation));
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("settings")
    void aPoolOfOneWithAnySettingsIsEnough(Settings settings) throws SQLException {
        TenantId tenant = TenantId.of("tenant of " + settings);
        try (HikariDataSource pool = database.poolWith(config -> {
            config.setMaximumPoolSize(1);
            config.setAutoCommit(settings.autoCommit());
            config.setReadOnly(settings.readOnly());
            config.setTransactionIsolation(Integer.toString(settings.isolation()));
        })) {
            PostgresEventStore store = PostgresEventStore.create(pool, FreshDatabase.TYPES);
            for (int i = 0; i < 7; i++) {
                store.append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.exactly(i), "note " + i));
            }

            assertThat(store.version(tenant, STREAM)).isEqualTo(EventVersion.of(7));
            assertThat(store.read(tenant, EventQuery.log()).events()).hasSize(7);
            assertThat(store.positionAt(tenant, store.head(tenant).orElseThrow().recordedAt()))
                    .isEqualTo(store.head(tenant).orElseThrow().position());
            try (Connection connection = pool.getConnection()) {
                assertThat(Settings.of(connection)).isEqualTo(settings);
            }
        }
    }

    @Test
    void aSessionWhoseDefaultIsSerializableIsUsedAtReadCommitted() {
        TenantId tenant = TenantId.of("serializable");
        try (HikariDataSource pool = database.poolWith(
                config -> config.setConnectionInitSql("SET default_transaction_isolation = 'serializable'"))) {
            PostgresEventStore store = PostgresEventStore.create(pool, FreshDatabase.TYPES);

            store.append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.noStream(), "a"));
            store.append(tenant, FreshDatabase.notes(STREAM, ExpectedVersion.exactly(1), "b"));

            assertThat(store.version(tenant, STREAM)).isEqualTo(EventVersion.of(2));
        }
    }

    /** Ways of the driver to send statements, each of which has broken a library before. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "prepareThreshold=0",
                "prepareThreshold=1",
                "preferQueryMode=simple",
                "preferQueryMode=extendedForPrepared",
                "preferQueryMode=extendedCacheEverything",
                "binaryTransfer=false",
                "reWriteBatchedInserts=true",
                "stringtype=unspecified",
                "autosave=always",
                "defaultRowFetchSize=2",
                "assumeMinServerVersion=14",
                "options=-c%20DateStyle=German,DMY%20-c%20IntervalStyle=sql_standard%20-c%20bytea_output=escape%20-c%20extra_float_digits=0"
            })
    void theStoreWorksWithTheDriverSetTo(String option) {
        TenantId tenant = TenantId.of("tenant " + option.hashCode());
        try (HikariDataSource pool = database.poolWith(config -> config.setJdbcUrl(database.url() + "&" + option))) {
            PostgresEventStore store = PostgresEventStore.create(pool, FreshDatabase.TYPES);
            for (int i = 0; i < 7; i++) {
                store.appendAll(
                        tenant,
                        List.of(
                                FreshDatabase.notes(
                                        STREAM, ExpectedVersion.exactly(2L * i), "ä " + i, "b \\ \" ' " + i),
                                FreshDatabase.notes(StreamId.of("note", "2"), ExpectedVersion.any(), "c")));
            }

            assertThat(store.read(tenant, EventQuery.stream(STREAM)).events())
                    .hasSize(14)
                    .first()
                    .satisfies(event -> assertThat(event.payload()).isEqualTo(new FreshDatabase.Noted("ä 0")));
            assertThat(store.read(tenant, EventQuery.log().ofTypes("noted").backward())
                            .events())
                    .hasSize(21);
        }
    }

    record Settings(boolean autoCommit, boolean readOnly, int isolation) {
        static Settings of(Connection connection) throws SQLException {
            return new Settings(
                    connection.getAutoCommit(), connection.isReadOnly(), connection.getTransactionIsolation());
        }
    }
}
