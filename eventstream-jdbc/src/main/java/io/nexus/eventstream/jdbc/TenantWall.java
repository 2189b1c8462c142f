package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.jdbc.schema.SchemaName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Binds the session to the tenant whose rows a statement is about, where the schema has row-level security. What binds it
 * travels in front of the statement, in the same round trip and the same transaction, and ends with that transaction; so a
 * pooled connection, or a transaction pooler, never keeps a tenant. In a transaction of the caller it is taken back behind
 * the statement. Thread-safe.
 */
final class TenantWall {

    private final boolean stands;
    private final String begin;
    private final String enter;
    private final String visit;
    private final String leave;
    private final String enterFromNone;
    private final String forget;
    private final Map<String, String> own = new ConcurrentHashMap<>();
    private final Map<String, String> joined = new ConcurrentHashMap<>();

    TenantWall(SchemaName schema, boolean stands) {
        this.stands = stands;
        enter = "SELECT %s.enter_tenant_v1(?)".formatted(schema);
        // For this transaction alone, so that nothing is left to put back; it travels with the BEGIN.
        begin = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED" + (stands ? ";\n" + enter : "");
        visit = "SELECT %s.visit_tenant_v1(?)".formatted(schema);
        leave = "SELECT %s.leave_tenant_v1()".formatted(schema);
        enterFromNone =
                "SELECT coalesce(current_setting('%s.tenant', true), '') = '' AS from_none, %s.enter_tenant_v1(?)"
                        .formatted(schema, schema);
        forget = "SELECT set_config('%s.tenant', '', true)".formatted(schema);
    }

    /** Begins a transaction of our own about one tenant's rows. */
    void begin(Connection connection, TenantId tenant) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(begin)) {
            if (stands) {
                statement.setString(1, tenant.value());
            }
            statement.execute();
        }
    }

    /** Prepares a statement about one tenant's rows: for a transaction of its own, or for one of the caller. */
    TenantStatement prepare(Connection connection, TenantId tenant, String sql, boolean ownTransaction)
            throws SQLException {
        if (!stands) {
            return new TenantStatement(connection.prepareStatement(sql), false);
        }
        PreparedStatement statement = connection.prepareStatement(
                ownTransaction
                        ? own.computeIfAbsent(sql, text -> enter + ";\n" + text)
                        : joined.computeIfAbsent(sql, text -> visit + ";\n" + text + ";\n" + leave));
        statement.setString(1, tenant.value());
        // With a host's own, rows would be fetched after the tenant has been left.
        statement.setFetchSize(0);
        return new TenantStatement(statement, true);
    }

    /** Runs several statements about one tenant's rows in a transaction of the caller. */
    void during(Connection connection, TenantId tenant, Runnable work) throws SQLException {
        if (!stands) {
            work.run();
            return;
        }
        boolean fromNone;
        try (PreparedStatement statement = connection.prepareStatement(enterFromNone)) {
            statement.setString(1, tenant.value());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                fromNone = row.getBoolean("from_none");
            }
        }
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            try {
                forget(connection, fromNone);
            } catch (SQLException alsoFailed) {
                // The transaction is aborted: its end takes the tenant back.
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
        forget(connection, fromNone);
    }

    private void forget(Connection connection, boolean wasNone) throws SQLException {
        if (wasNone) {
            try (PreparedStatement statement = connection.prepareStatement(forget)) {
                statement.execute();
            }
        }
    }
}
