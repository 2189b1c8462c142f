/**
 * The contract of an event store, as tests. The author of a store extends {@link
 * io.nexus.eventstream.tck.EventStoreContract} and, where the store can join a transaction of its caller, {@link
 * io.nexus.eventstream.tck.HostTransactionContract}.
 */
@org.jspecify.annotations.NullMarked
module io.nexus.eventstream.tck {
    requires transitive io.nexus.eventstream;
    requires org.assertj.core;
    requires static transitive org.jspecify;
    requires transitive org.junit.jupiter.api;

    exports io.nexus.eventstream.tck;

    // To whoever runs the tests, and to the serializer, whichever it is, of the events that they append.
    opens io.nexus.eventstream.tck;
}
