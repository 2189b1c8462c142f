package io.nexus.eventstream.benchmarks.peers;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.benchmarks.Peer;
import io.nexus.eventstream.benchmarks.PeerStore;
import java.util.Objects;
import java.util.function.Consumer;
import org.axonframework.common.jdbc.PersistenceExceptionResolver;
import org.axonframework.common.transaction.NoTransactionManager;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.axonframework.eventsourcing.eventstore.DomainEventStream;
import org.axonframework.eventsourcing.eventstore.jdbc.JdbcEventStorageEngine;
import org.axonframework.eventsourcing.eventstore.jdbc.JdbcSQLErrorCodesResolver;
import org.axonframework.eventsourcing.eventstore.jdbc.PostgresEventTableFactory;
import org.axonframework.serialization.Serializer;
import org.axonframework.serialization.json.JacksonSerializer;

/**
 * Axon Framework's JDBC storage, without the buses above it. An append is one INSERT in autocommit, which is one round trip less
 * than a transaction; a page has 1,000 events, as ours has.
 */
public final class AxonPeer implements Peer {

    @Override
    public String name() {
        return "Axon Framework";
    }

    @Override
    public String version() {
        return Objects.requireNonNullElse(
                JdbcEventStorageEngine.class.getPackage().getImplementationVersion(), "unknown");
    }

    @Override
    public PeerStore open(String url, int connections, Class<?> type) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(url);
        pool.setMaximumPoolSize(connections);
        Serializer serializer =
                JacksonSerializer.builder().objectMapper(new ObjectMapper()).build();
        PersistenceExceptionResolver resolver = new JdbcSQLErrorCodesResolver();
        JdbcEventStorageEngine engine = JdbcEventStorageEngine.builder()
                .connectionProvider(pool::getConnection)
                .transactionManager(NoTransactionManager.INSTANCE)
                .eventSerializer(serializer)
                .snapshotSerializer(serializer)
                .persistenceExceptionResolver(resolver)
                .batchSize(1_000)
                .build();
        engine.createSchema(PostgresEventTableFactory.INSTANCE);
        return new Store(pool, engine);
    }

    private record Store(HikariDataSource pool, JdbcEventStorageEngine engine) implements PeerStore {

        @Override
        public void append(String stream, long version, Object event) {
            engine.appendEvents(new GenericDomainEventMessage<>("account", stream, version - 1, event));
        }

        @Override
        public int read(String stream, Consumer<Object> events) {
            int read = 0;
            DomainEventStream messages = engine.readEvents(stream);
            while (messages.hasNext()) {
                events.accept(messages.next().getPayload());
                read++;
            }
            return read;
        }

        @Override
        public void close() {
            pool.close();
        }
    }
}
