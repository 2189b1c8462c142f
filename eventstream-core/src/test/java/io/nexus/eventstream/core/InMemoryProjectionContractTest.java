package io.nexus.eventstream.core;

import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.core.projection.ProjectionEngineBuilder;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.Projections;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.spi.ProjectingEventStore;
import io.nexus.eventstream.tck.EngineOptions;
import io.nexus.eventstream.tck.LedgerEvent;
import io.nexus.eventstream.tck.ProjectionContract;
import io.nexus.eventstream.tck.ReadModelRows;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The engine keeps the contract on the in-memory store. */
class InMemoryProjectionContractTest extends ProjectionContract {

    @Override
    public ProjectingEventStore open(List<Projector> inline) {
        return InMemoryEventStore.builder(JsonEventSerializer.of(EventTypes.of(LedgerEvent.class)))
                .inline(inline.toArray(new Projector[0]))
                .build();
    }

    @Override
    public ProjectingEventStore reopen(ProjectingEventStore store, List<Projector> inline) {
        return ((InMemoryEventStore) store).reopened(inline);
    }

    @Override
    public Projections engine(ProjectingEventStore store, EngineOptions options) {
        ProjectionEngineBuilder builder = ProjectionEngine.builder(store)
                .batchSize(options.batchSize())
                .pollInterval(options.pollInterval())
                .lease(options.lease())
                .maxAttempts(options.maxAttempts())
                .backOff(options.firstBackOff(), options.mostBackOff());
        options.projectors().forEach(builder::projector);
        options.listeners().forEach(builder::listener);
        return builder.build();
    }

    @Override
    public ReadModelRows rows() {
        return new HeapRows();
    }

    /** Rows in the tables of the in-memory store, which need no making. */
    private static final class HeapRows implements ReadModelRows {

        @Override
        public void prepare(ProjectionContext context, String table) {}

        @Override
        public void clear(ProjectionContext context, String table) {
            of(context, table).clear();
        }

        @Override
        public void put(ProjectionContext context, String table, String key, String value) {
            of(context, table).put(key, value);
        }

        @Override
        public Optional<String> get(ProjectionContext context, String table, String key) {
            return Optional.ofNullable((String) of(context, table).get(key));
        }

        @Override
        public Map<String, String> all(ProjectionContext context, String table) {
            return texts(of(context, table));
        }

        @Override
        public Map<String, String> committed(ProjectingEventStore store, TenantId tenant, String table) {
            return texts(((InMemoryEventStore) store).tables(tenant).getOrDefault(table, Map.of()));
        }

        private static Map<Object, Object> of(ProjectionContext context, String table) {
            return context.resource(InMemoryTables.class).table(context.table(table));
        }

        private static Map<String, String> texts(Map<Object, Object> rows) {
            Map<String, String> texts = new HashMap<>();
            rows.forEach((key, value) -> texts.put((String) key, (String) value));
            return texts;
        }
    }
}
