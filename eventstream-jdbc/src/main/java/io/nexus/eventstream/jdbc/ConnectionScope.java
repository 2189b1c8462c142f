package io.nexus.eventstream.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** Where statements run, and whose transaction it is. */
interface ConnectionScope {

    /**
     * Runs the work on a connection.
     *
     * @throws SQLException what the work throws
     * @throws io.nexus.eventstream.StorageException if there is no connection to be had; the work has not begun
     */
    <T> T call(Work<T> work) throws SQLException;

    /** Returns whether each call is a transaction of its own, committed when {@link #call} returns. */
    boolean isOwnTransaction();

    /** Makes later calls run at READ COMMITTED; nothing for a transaction of the caller, whose level is the caller's. */
    void useReadCommitted();

    /** Something to do on a connection. */
    @FunctionalInterface
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }
}
