/**
 * The event log in PostgreSQL 14 to 18: {@link io.nexus.eventstream.jdbc.PostgresEventStore} over any {@code DataSource}, and
 * {@link io.nexus.eventstream.jdbc.schema.SchemaMigrator} for its tables and functions.
 */
@org.jspecify.annotations.NullMarked
module io.nexus.eventstream.jdbc {
    requires flyway.core;
    requires transitive io.nexus.eventstream;
    requires io.nexus.eventstream.core;
    requires transitive java.sql;
    requires static transitive org.jspecify;
    requires org.slf4j;

    exports io.nexus.eventstream.jdbc;
    exports io.nexus.eventstream.jdbc.schema;

    provides io.nexus.eventstream.spi.EventStoreProvider with
            io.nexus.eventstream.jdbc.PostgresEventStoreProvider;
}
