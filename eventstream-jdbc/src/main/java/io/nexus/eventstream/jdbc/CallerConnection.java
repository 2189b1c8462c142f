package io.nexus.eventstream.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** The caller's connection: never committed, rolled back, closed or changed from here. */
final class CallerConnection implements ConnectionScope {

    private final Connection connection;

    CallerConnection(Connection connection) {
        this.connection = connection;
    }

    @Override
    public boolean isOwnTransaction() {
        return false;
    }

    @Override
    public void useReadCommitted() {
        // The caller's transaction keeps the level that the caller gave it.
    }

    @Override
    public <T> T call(Work<T> work) throws SQLException {
        if (connection.getAutoCommit()) {
            throw new IllegalStateException(
                    "the connection is in autocommit mode, so there is no transaction to join: call setAutoCommit(false) first, or append without joining");
        }
        return work.on(connection);
    }
}
