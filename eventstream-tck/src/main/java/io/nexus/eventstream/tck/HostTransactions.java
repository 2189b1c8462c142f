package io.nexus.eventstream.tck;

import io.nexus.eventstream.EventStore;

/** A database that a host shares with the event log. */
public interface HostTransactions {

    /** Returns the store whose calls are transactions of their own. */
    EventStore store();

    /** Begins a transaction of the host. */
    HostTransaction begin(IsolationLevel isolation);

    /** Returns whether a row that {@link HostTransaction#writeRow} wrote has been committed. */
    boolean isCommitted(String text);

    /**
     * Returns once at least this many calls of other threads wait for a lock that a transaction holds, as the database tells.
     * With it the tests know that a writer has come to the lane before they open it.
     */
    void awaitBlocked(int calls);
}
