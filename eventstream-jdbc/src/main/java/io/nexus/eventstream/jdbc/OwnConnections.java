package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.StorageException;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections of the library's own, one a call. Each call is one statement in autocommit mode, which is one round trip,
 * commit included. Whatever the host's pool had set is put back before the connection is.
 */
final class OwnConnections implements ConnectionScope {

    private static final Logger log = LoggerFactory.getLogger(OwnConnections.class);

    private final DataSource dataSource;

    /** Asking for the isolation level is a round trip, so it is asked for only once a statement has found it wrong. */
    private volatile boolean isolationIsToBeSet;

    OwnConnections(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    @Override
    public boolean isOwnTransaction() {
        return true;
    }

    @Override
    public void useReadCommitted() {
        isolationIsToBeSet = true;
    }

    @Override
    public <T> T call(Work<T> work) throws SQLException {
        Connection connection = connect();
        boolean done = false;
        try {
            Borrowed borrowed = new Borrowed(connection, isolationIsToBeSet);
            try {
                borrowed.prepare();
                T result = work.on(connection);
                done = true;
                return result;
            } finally {
                borrowed.putBack(done);
            }
        } finally {
            close(connection, done);
        }
    }

    private Connection connect() {
        try {
            return dataSource.getConnection();
        } catch (SQLException e) {
            throw new StorageException("no connection to the database: " + e.getMessage(), e);
        }
    }

    private static void close(Connection connection, boolean done) {
        try {
            connection.close();
        } catch (SQLException e) {
            // The work is done or its own failure is on its way up; neither must be replaced by this.
            log.warn("A connection could not be given back after {} work", done ? "finished" : "failed", e);
        }
    }

    /** What the host had set on a connection. */
    private static final class Borrowed {

        private final Connection connection;
        private final boolean autoCommit;
        private final boolean readOnly;
        private final int isolation;

        Borrowed(Connection connection, boolean isolationIsToBeSet) throws SQLException {
            this.connection = connection;
            this.autoCommit = connection.getAutoCommit();
            this.readOnly = connection.isReadOnly();
            this.isolation =
                    isolationIsToBeSet ? connection.getTransactionIsolation() : Connection.TRANSACTION_READ_COMMITTED;
        }

        void prepare() throws SQLException {
            if (!autoCommit) {
                connection.setAutoCommit(true);
            }
            if (readOnly) {
                connection.setReadOnly(false);
            }
            if (isolation != Connection.TRANSACTION_READ_COMMITTED) {
                connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            }
        }

        void putBack(boolean done) {
            try {
                if (isolation != Connection.TRANSACTION_READ_COMMITTED) {
                    connection.setTransactionIsolation(isolation);
                }
                if (readOnly) {
                    connection.setReadOnly(true);
                }
                if (!autoCommit) {
                    connection.setAutoCommit(false);
                }
            } catch (SQLException e) {
                log.warn(
                        "The settings of a connection could not be put back after {} work",
                        done ? "finished" : "failed",
                        e);
            }
        }
    }
}
