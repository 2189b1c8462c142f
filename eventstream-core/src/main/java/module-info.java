/**
 * What stands between a user's objects and the stored bytes: the front door {@link
 * io.nexus.eventstream.core.EventStreamManager}, the JSON serializer, the configuration, and the in-memory store that the
 * contract tests were written against.
 */
@org.jspecify.annotations.NullMarked
module io.nexus.eventstream.core {
    requires com.github.benmanes.caffeine;
    requires transitive io.nexus.eventstream;
    requires static transitive org.jspecify;
    requires org.slf4j;
    requires tools.jackson.core;
    requires transitive tools.jackson.databind;

    exports io.nexus.eventstream.core;
    exports io.nexus.eventstream.core.access;
    exports io.nexus.eventstream.core.projection;
    exports io.nexus.eventstream.core.proof;

    uses io.nexus.eventstream.spi.EventStoreProvider;

    provides io.nexus.eventstream.spi.EventStoreProvider with
            io.nexus.eventstream.core.InMemoryEventStoreProvider;
}
