package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.CommitInDoubtException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections of the library's own, one a call. A call is one statement in autocommit mode, which is one round trip, commit
 * included, or a transaction. Whatever the host's pool had set is put back before the connection is.
 */
final class OwnConnections implements ConnectionScope {

    private static final Logger log = LoggerFactory.getLogger(OwnConnections.class);

    private final DataSource dataSource;

    /** Asking for the isolation level is a round trip, so it is asked for only once a statement has found it wrong. */
    private volatile boolean isolationIsToBeSet;

    private final TenantWall wall;

    OwnConnections(DataSource dataSource, TenantWall wall) {
        this.dataSource = dataSource;
        this.wall = wall;
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
        return borrowing(true, isolationIsToBeSet, work);
    }

    /**
     * Runs the work in a transaction about one tenant's rows at READ COMMITTED, which ends as told when the work returns and is rolled back when it
     * throws.
     *
     * @throws SQLException if the transaction could not be begun; nothing of it took effect
     * @throws IllegalStateException if the database refuses to commit what the work did; nothing of it took effect
     * @throws CommitInDoubtException if the connection broke at the commit; nobody knows whether it took effect
     * @throws StorageException if the work threw because, or so that, the connection broke; nothing of it took effect
     */
    <T> T transaction(TenantId tenant, End end, Work<T> work) throws SQLException {
        return borrowing(false, false, connection -> {
            T result;
            try {
                wall.begin(connection, tenant);
                result = work.on(connection);
            } catch (SQLException | RuntimeException | Error e) {
                rollBackAfter(e, connection);
                throw e;
            }
            if (end == End.COMMIT) {
                commit(connection);
            } else {
                connection.rollback();
            }
            return result;
        });
    }

    private static void commit(Connection connection) throws SQLException {
        try {
            // To COMMIT after a statement that failed and was forgotten, the server answers with a roll-back and no
            // error.
            execute(connection, "SELECT 1");
            connection.commit();
        } catch (SQLException e) {
            if (SqlFailures.isConnectionBroken(e)) {
                throw new CommitInDoubtException(e);
            }
            rollBackAfter(e, connection);
            throw new NotCommittedException(e);
        }
    }

    /** Rolls back. If the connection turns out to be broken, that is the storage's fault and not what failed before. */
    private static void rollBackAfter(Throwable failure, Connection connection) {
        boolean broken = SqlFailures.isBrokenBelow(failure);
        @Nullable SQLException alsoFailed = null;
        try {
            connection.rollback();
        } catch (SQLException e) {
            alsoFailed = e;
        }
        if ((!broken && alsoFailed == null) || failure instanceof StorageException) {
            return;
        }
        StorageException storage =
                new StorageException("the connection broke in a transaction, of which nothing took effect", failure);
        if (alsoFailed != null) {
            storage.addSuppressed(alsoFailed);
        }
        throw storage;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.execute();
        }
    }

    private <T> T borrowing(boolean autoCommit, boolean withIsolation, Work<T> work) throws SQLException {
        Connection connection = connect();
        boolean done = false;
        try {
            Borrowed borrowed = new Borrowed(connection, autoCommit, withIsolation);
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
            throw new StorageException("no connection to the database: " + SqlFailures.text(e), e);
        }
    }

    private static void close(Connection connection, boolean done) {
        try {
            connection.close();
        } catch (SQLException e) {
            // The work is done or its own failure is on its way up; neither must be replaced by this.
            log.warn(
                    "A connection could not be given back after {} work (SQLSTATE {}): {}",
                    done ? "finished" : "failed",
                    e.getSQLState(),
                    SqlFailures.text(e));
        }
    }

    /** The server refused to commit what a transaction did; not the storage's fault. */
    static final class NotCommittedException extends IllegalStateException {

        static final String WHY =
                "what the transaction did cannot be committed: a deferred constraint is violated, or a statement failed and its exception was caught and forgotten";

        private static final long serialVersionUID = 1L;

        NotCommittedException(SQLException cause) {
            super(WHY + ": " + SqlFailures.text(cause), cause);
        }
    }

    /** How a transaction ends if nothing fails. */
    enum End {
        COMMIT,
        ROLL_BACK
    }

    /** What the host had set on a connection. */
    private static final class Borrowed {

        private final Connection connection;
        private final boolean neededAutoCommit;
        private final boolean autoCommit;
        private final boolean readOnly;
        private final int isolation;

        Borrowed(Connection connection, boolean neededAutoCommit, boolean isolationIsToBeSet) throws SQLException {
            this.connection = connection;
            this.neededAutoCommit = neededAutoCommit;
            this.autoCommit = connection.getAutoCommit();
            this.readOnly = connection.isReadOnly();
            this.isolation =
                    isolationIsToBeSet ? connection.getTransactionIsolation() : Connection.TRANSACTION_READ_COMMITTED;
        }

        void prepare() throws SQLException {
            if (!autoCommit) {
                requireNothingAtStake();
            }
            if (autoCommit != neededAutoCommit) {
                connection.setAutoCommit(neededAutoCommit);
            }
            if (readOnly) {
                connection.setReadOnly(false);
            }
            if (isolation != Connection.TRANSACTION_READ_COMMITTED) {
                connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            }
        }

        /**
         * Refuses a connection on which the host has written something: switching autocommit on would commit it. That a pool
         * began a transaction by its own tests and settings does no harm. Setting the read-only flag to what it is costs no
         * round trip, and JDBC forbids it in a transaction.
         */
        private void requireNothingAtStake() throws SQLException {
            try {
                connection.setReadOnly(readOnly);
            } catch (SQLException e) {
                if (!SqlFailures.isInTransaction(e)) {
                    throw e;
                }
                if (hasWritten()) {
                    throw new IllegalStateException(
                            "the DataSource gave a connection that is in a transaction of the host: use joining(connection) to append in that transaction, or give the store a DataSource whose connections are in none",
                            e);
                }
            }
        }

        private boolean hasWritten() throws SQLException {
            try (PreparedStatement statement =
                            connection.prepareStatement("SELECT pg_current_xact_id_if_assigned() IS NOT NULL");
                    ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
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
                if (autoCommit != neededAutoCommit) {
                    connection.setAutoCommit(autoCommit);
                }
            } catch (SQLException e) {
                log.warn(
                        "The settings of a connection could not be put back after {} work (SQLSTATE {}): {}",
                        done ? "finished" : "failed",
                        e.getSQLState(),
                        SqlFailures.text(e));
            }
        }
    }
}
