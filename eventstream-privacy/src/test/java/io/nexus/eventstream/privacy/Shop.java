package io.nexus.eventstream.privacy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.localpostgres.LocalPostgres;
import io.nexus.eventstream.spi.HashChain;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A database with the log of a shop, and another one with the keys of its customers. */
final class Shop implements AutoCloseable {

    static final TenantId ACME = TenantId.of("acme");
    static final MasterKey MASTER =
            MasterKey.of("2026", "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII));

    final String url = LocalPostgres.server().newDatabase();
    final String keysUrl = LocalPostgres.server().newDatabase();
    private final HikariDataSource pool = pool(url);
    private final HikariDataSource keysPool = pool(keysUrl);
    final PostgresSubjectKeyStore keyStore = PostgresSubjectKeyStore.of(keysPool);
    final SubjectKeys keys;
    final EncryptingEventSerializer serializer;
    final PostgresEventStore store;
    final DataSubjects subjects;

    Shop() {
        SchemaMigrator.of(pool).migrate();
        keyStore.migrate();
        keys = SubjectKeys.of(keyStore, MASTER);
        serializer = EncryptingEventSerializer.of(JsonEventSerializer.of(CustomerEvent.TYPES), keys);
        store = PostgresEventStore.builder(pool, serializer).build();
        subjects = DataSubjects.of(store, serializer);
    }

    /** Returns a pool on the log's database. */
    HikariDataSource pool() {
        return pool;
    }

    /** Returns the keys as another node has them, with nothing in memory. */
    SubjectKeys otherNode() {
        return SubjectKeys.of(keyStore, MASTER);
    }

    PostgresEventStore storeOf(SubjectKeys otherKeys) {
        return PostgresEventStore.builder(
                        pool, EncryptingEventSerializer.of(JsonEventSerializer.of(CustomerEvent.TYPES), otherKeys))
                .build();
    }

    static StreamId customer(String id) {
        return StreamId.of("customer", id);
    }

    static AppendResult append(EventStore store, TenantId tenant, StreamId stream, Object... events) {
        return store.append(tenant, newEvents(stream, events));
    }

    static StreamAppend newEvents(StreamId stream, Object... events) {
        return new StreamAppend(
                stream,
                ExpectedVersion.any(),
                Arrays.stream(events)
                        .map(event -> event instanceof NewEvent made ? made : NewEvent.of(event))
                        .toList());
    }

    static List<Object> payloads(EventStore store, TenantId tenant, StreamId stream) {
        List<Object> payloads = new ArrayList<>();
        store.walk(tenant, EventQuery.stream(stream)).forEach(event -> payloads.add(event.payload()));
        return payloads;
    }

    /** Returns whether the hash chain of a tenant fits the stored bytes. */
    static boolean chainHolds(EventStore store, TenantId tenant) {
        EventHash link = EventHash.NONE;
        for (RecordedEvent event : store.walk(tenant, EventQuery.log())) {
            link = HashChain.link(link, event.stored());
            if (!link.equals(event.stored().hash())) {
                return false;
            }
        }
        return true;
    }

    static List<String> query(String url, String sql, Object... parameters) {
        try (Connection connection = DriverManager.getConnection(url);
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            List<String> rows = new ArrayList<>();
            if (statement.execute()) {
                try (ResultSet row = statement.getResultSet()) {
                    while (row.next()) {
                        rows.add(row.getString(1));
                    }
                }
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    static HikariDataSource pool(String url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(10);
        config.setMinimumIdle(0);
        return new HikariDataSource(config);
    }

    @Override
    public void close() {
        pool.close();
        keysPool.close();
    }
}
