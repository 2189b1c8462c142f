package io.nexus.eventstream.examples;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.core.InMemoryEventStore;
import io.nexus.eventstream.examples.finance.Ledger;
import io.nexus.eventstream.examples.inventory.Warehouse;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import io.nexus.eventstream.jdbc.schema.SchemaMigrator;
import io.nexus.eventstream.localpostgres.LocalPostgres;

/** The stores that the examples must work on. */
public enum Backend {
    IN_MEMORY,
    POSTGRES;

    private static final EventTypes EVENTS = Ledger.EVENTS.and(Warehouse.EVENTS);

    /** Returns the front door to a new, empty log. */
    public EventStreamManager open() {
        return of(
                this == IN_MEMORY
                        ? InMemoryEventStore.create(EVENTS)
                        : postgres(LocalPostgres.server().newDatabase()));
    }

    /** Returns the front door to the log that the quickstart keeps in a database. */
    public static EventStreamManager quickstartAt(String jdbcUrl) {
        return of(postgres(jdbcUrl));
    }

    private static EventStreamManager of(EventStore store) {
        return EventStreamManager.builder()
                .store(store)
                .tenant(TenantId.of("quickstart"))
                .build();
    }

    @SuppressWarnings("resource") // as long as the JVM
    private static EventStore postgres(String jdbcUrl) {
        HikariDataSource dataSource = new HikariDataSource();
        dataSource.setJdbcUrl(jdbcUrl);
        dataSource.setMaximumPoolSize(4);
        dataSource.setMinimumIdle(0);
        SchemaMigrator.of(dataSource).migrate();
        return PostgresEventStore.create(dataSource, EVENTS);
    }
}
