package io.nexus.eventstream.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.benchmarks.BenchmarkDatabase.AccountDebited;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ServiceLoader;
import java.util.function.Consumer;

/** What the peers are compared with: the library, all streams those of one tenant, and the raw database. */
final class OwnPeers {

    static final String OURS = "EventStream";
    static final String RAW = "raw";

    private static final TenantId TENANT = TenantId.of("acme");

    private OwnPeers() {}

    /** Opens a store by its name, on a database that has the library's tables and the raw one. */
    static PeerStore open(String name, String url, int connections) {
        return switch (name) {
            case OURS -> new Ours(pool(url, connections));
            case RAW -> new Raw(pool(url, connections));
            default ->
                ServiceLoader.load(Peer.class).stream()
                        .map(ServiceLoader.Provider::get)
                        .filter(peer -> peer.name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException("there is no peer " + name))
                        .open(url, connections, AccountDebited.class);
        };
    }

    private static HikariDataSource pool(String url, int connections) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(url);
        pool.setMaximumPoolSize(connections);
        return pool;
    }

    private record Ours(HikariDataSource pool, EventStore store) implements PeerStore {

        Ours(HikariDataSource pool) {
            this(pool, PostgresEventStore.create(pool, BenchmarkDatabase.TYPES));
            store.ensureTenant(TENANT);
        }

        @Override
        public void append(String stream, long version, Object event) {
            ExpectedVersion expected = version == 1 ? ExpectedVersion.noStream() : ExpectedVersion.exactly(version - 1);
            store.append(TENANT, StreamAppend.of(StreamId.of("account", stream), expected, NewEvent.of(event)));
        }

        @Override
        public int read(String stream, Consumer<Object> events) {
            int read = 0;
            for (RecordedEvent event : store.walk(TENANT, EventQuery.stream(StreamId.of("account", stream)))) {
                events.accept(event.payload());
                read++;
            }
            return read;
        }

        @Override
        public void close() {
            pool.close();
        }
    }

    private record Raw(HikariDataSource pool, RawLog log) implements PeerStore {

        Raw(HikariDataSource pool) {
            this(pool, new RawLog());
        }

        @Override
        public void append(String stream, long version, Object event) {
            try (Connection connection = pool.getConnection()) {
                log.insert(connection, TENANT.value(), stream, version, (AccountDebited) event);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public int read(String stream, Consumer<Object> events) {
            try (Connection connection = pool.getConnection()) {
                return log.read(connection, TENANT.value(), stream, event -> events.accept(event.payload()));
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            pool.close();
        }
    }
}
