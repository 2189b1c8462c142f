package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.RetryTransactionException;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.tck.HostTransaction;
import io.nexus.eventstream.tck.HostTransactions;
import io.nexus.eventstream.tck.IsolationLevel;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** A host whose rows stand beside the event log, in a table of its own. */
final class PostgresHost implements HostTransactions {

    private static final String BLOCKED = """
            SELECT count(*) FROM pg_stat_activity a
            WHERE a.datname = current_database()
              AND a.backend_type = 'client backend'
              AND cardinality(pg_blocking_pids(a.pid)) > 0
            """;

    private final ContractDatabase database;
    private final PostgresEventStore store;

    PostgresHost(ContractDatabase database, PostgresEventStore store) {
        this.database = database;
        this.store = store;
        database.database().execute("CREATE TABLE IF NOT EXISTS public.host_rows (text text NOT NULL PRIMARY KEY)");
        database.database().execute("GRANT SELECT, INSERT ON public.host_rows TO PUBLIC");
    }

    @Override
    public EventStore store() {
        return store;
    }

    @Override
    public HostTransaction begin(IsolationLevel isolation) {
        try {
            Connection connection = database.pool().getConnection();
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(
                    switch (isolation) {
                        case READ_COMMITTED -> Connection.TRANSACTION_READ_COMMITTED;
                        case REPEATABLE_READ -> Connection.TRANSACTION_REPEATABLE_READ;
                        case SERIALIZABLE -> Connection.TRANSACTION_SERIALIZABLE;
                    });
            return new Transaction(connection, store.joining(LentConnection.of(connection)));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public boolean isCommitted(String text) {
        return database.database()
                .query("SELECT count(*) FROM public.host_rows WHERE text = '" + text + "'")
                .equals(List.of("1"));
    }

    @Override
    public void awaitBlocked(int calls) {
        await().pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> assertThat(Integer.parseInt(
                                database.database().query(BLOCKED).get(0)))
                        .as("calls that wait for a lock")
                        .isGreaterThanOrEqualTo(calls));
    }

    private record Transaction(Connection connection, JoinedEventStore joined) implements HostTransaction {

        @Override
        public EventStore store() {
            return joined;
        }

        @Override
        public void lockLanes(TenantId first, TenantId... others) {
            joined.lockLanes(first, others);
        }

        @Override
        public void writeRow(String text) {
            try (PreparedStatement statement =
                    connection.prepareStatement("INSERT INTO public.host_rows (text) VALUES (?)")) {
                statement.setString(1, text);
                statement.executeUpdate();
            } catch (SQLException e) {
                throw new IllegalStateException("the host's transaction cannot go on", e);
            }
        }

        @Override
        public void commit() {
            try {
                connection.commit();
            } catch (SQLException e) {
                if ("40001".equals(e.getSQLState())) {
                    throw new RetryTransactionException(TenantId.of("of the host"), e);
                }
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void rollback() {
            try {
                connection.rollback();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            try {
                // The pool rolls back what is open and puts its settings back.
                connection.close();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
