/**
 * The nouns that a user of EventStream types, the exceptions, and in {@code spi} what the author of a storage or of a
 * codec implements. Nothing in here opens a connection, starts a thread or keeps static state.
 */
@org.jspecify.annotations.NullMarked
module io.nexus.eventstream {
    requires com.github.f4b6a3.ulid;
    requires static transitive org.jspecify;

    exports io.nexus.eventstream;
    exports io.nexus.eventstream.access;
    exports io.nexus.eventstream.projection;
    exports io.nexus.eventstream.proof;
    exports io.nexus.eventstream.snapshot;
    exports io.nexus.eventstream.spi;
    exports io.nexus.eventstream.statistics;
}
