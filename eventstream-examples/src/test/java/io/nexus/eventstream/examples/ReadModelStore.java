package io.nexus.eventstream.examples;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.examples.finance.AccountBalances;
import io.nexus.eventstream.examples.finance.Ledger;
import io.nexus.eventstream.examples.inventory.CurrentStock;
import io.nexus.eventstream.examples.inventory.Warehouse;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;

/**
 * A log on PostgreSQL and an engine for both read models, which works when it is told to, in the thread of the test.
 *
 * @param dataSource where tables are read
 * @param store the log
 * @param engine the engine
 */
public record ReadModelStore(HikariDataSource dataSource, PostgresEventStore store, ProjectionEngine engine)
        implements AutoCloseable {

    /** Opens a database. */
    public static ReadModelStore at(String jdbcUrl, int batchSize) {
        HikariDataSource dataSource = new HikariDataSource();
        dataSource.setJdbcUrl(jdbcUrl);
        dataSource.setMaximumPoolSize(6);
        dataSource.setMinimumIdle(0);
        SchemaMigrator.of(dataSource).migrate();
        PostgresEventStore store = PostgresEventStore.builder(
                        dataSource, JsonEventSerializer.of(Ledger.EVENTS.and(Warehouse.EVENTS)))
                .build();
        ProjectionEngine engine = ProjectionEngine.builder(store)
                .batchSize(batchSize)
                .projector(new AccountBalances())
                .projector(new CurrentStock())
                .build();
        return new ReadModelStore(dataSource, store, engine);
    }

    /** Returns the front door to the log of a tenant. */
    public EventStreamManager events(TenantId tenant) {
        return EventStreamManager.builder().store(store).tenant(tenant).build();
    }

    @Override
    public void close() {
        engine.close();
        dataSource.close();
    }
}
