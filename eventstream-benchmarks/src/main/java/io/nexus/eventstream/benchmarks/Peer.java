package io.nexus.eventstream.benchmarks;

/** An event store that can be measured beside the others. Those on the class path are found as services. */
public interface Peer {

    /** Returns the name that the tables show. */
    String name();

    /** Returns the version that is measured. */
    String version();

    /**
     * Opens the store, and creates the tables that it needs in a database that has none of them.
     *
     * @param url of the database
     * @param connections how many the store may have
     * @param type of the events
     */
    PeerStore open(String url, int connections, Class<?> type);
}
