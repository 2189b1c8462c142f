package io.nexus.eventstream.tck;

import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.TenantId;

/** A transaction of the host, which appends and does work of its own. Used by one thread at a time. */
public interface HostTransaction extends AutoCloseable {

    /** Returns a store that works in this transaction. */
    EventStore store();

    /** Takes the lanes of these tenants for the rest of the transaction, as the store offers it to its users. */
    void lockLanes(TenantId first, TenantId... others);

    /**
     * Writes a row of the host's own with this text.
     *
     * @throws IllegalStateException if the transaction has been aborted and cannot go on
     */
    void writeRow(String text);

    /**
     * Commits.
     *
     * @throws io.nexus.eventstream.RetryTransactionException if the database refuses because of a transaction that ran at
     *     the same time
     */
    void commit();

    /** Rolls back. */
    void rollback();

    /** Rolls back what has neither been committed nor rolled back, and gives the connection back. */
    @Override
    void close();
}
