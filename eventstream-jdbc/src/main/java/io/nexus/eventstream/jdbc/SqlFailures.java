package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.EventStreamException;
import io.nexus.eventstream.OtherTenantException;
import io.nexus.eventstream.RetryTransactionException;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.jdbc.schema.SchemaName;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The SQLSTATEs that mean something here (PostgreSQL manual, appendix A) and what they become. */
final class SqlFailures {

    private static final String CONNECTION_CLASS = "08";
    private static final String DATA_CLASS = "22";
    private static final String RAISED = "P0001";
    private static final Set<String> SERVER_IS_LEAVING = Set.of("57P01", "57P02", "57P03");
    private static final Set<String> RUN_AGAIN = Set.of("40001", "40P01");
    private static final Set<String> NOT_INSTALLED = Set.of("3F000", "42P01", "42883");
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String ACTIVE_TRANSACTION = "25001";
    private static final String READ_ONLY = "25006";
    private static final String NOT_ALLOWED = "42501";
    private static final String OTHER_TENANT = "ES001";

    private SqlFailures() {}

    /** Returns whether the connection broke, so that nobody knows what became of a statement that had been sent. */
    static boolean isConnectionBroken(SQLException e) {
        String state = e.getSQLState();
        return state == null || state.startsWith(CONNECTION_CLASS) || SERVER_IS_LEAVING.contains(state);
    }

    /**
     * Returns whether somewhere below the failure a connection broke. An exception without an SQLSTATE does not count here:
     * a projector may throw what it likes.
     */
    static boolean isBrokenBelow(Throwable failure) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Throwable each = failure; each != null && seen.add(each); each = each.getCause()) {
            if (each instanceof SQLException e && e.getSQLState() != null && isConnectionBroken(e)) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether a transaction of our own gave up waiting for a lane. */
    static boolean isLockTimeout(SQLException e) {
        return LOCK_NOT_AVAILABLE.equals(e.getSQLState());
    }

    /** Returns whether something was asked of a connection that it cannot do in a transaction. */
    static boolean isInTransaction(SQLException e) {
        return ACTIVE_TRANSACTION.equals(e.getSQLState());
    }

    /** Returns whether the session is bound to another tenant. */
    static boolean isOtherTenant(SQLException e) {
        return OTHER_TENANT.equals(e.getSQLState());
    }

    /**
     * Returns what the database said, as far as it quotes no data: without the further lines, whose details quote rows and so
     * payloads, and nothing at all where the error is about a value. The exception itself has all of it.
     */
    static String text(Exception e) {
        if (e instanceof BatchUpdateException batch) {
            // Its own text quotes the statement with its values.
            return batch.getNextException() == null ? "a batch failed" : text(batch.getNextException());
        }
        if (e instanceof SQLException of && of.getSQLState() != null && quotesValues(of.getSQLState())) {
            return "what it said may quote data, see the cause";
        }
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private static boolean quotesValues(String state) {
        return state.startsWith(DATA_CLASS) || state.equals(RAISED);
    }

    static EventStreamException translated(SQLException e, TenantId tenant, SchemaName schema) {
        String state = e.getSQLState();
        if (state != null && RUN_AGAIN.contains(state)) {
            return new RetryTransactionException(tenant, e);
        }
        if (isOtherTenant(e)) {
            return new OtherTenantException(tenant, e);
        }
        return new StorageException(
                "the database refused a statement for tenant %s (SQLSTATE %s): %s%s"
                        .formatted(tenant, state, text(e), advice(state, schema)),
                e);
    }

    /** Returns what a statement that only reads, of one tenant or of all, becomes. */
    static StorageException translated(SQLException e, SchemaName schema) {
        String state = e.getSQLState();
        return new StorageException(
                "the database refused a statement about projections (SQLSTATE %s): %s%s"
                        .formatted(state, text(e), advice(state, schema)),
                e);
    }

    /** Returns what it becomes that an entry of the audit could not be written. */
    static StorageException ofAudit(SQLException e, SchemaName schema) {
        String state = e.getSQLState();
        return new StorageException(
                "the database did not take an entry of the audit (SQLSTATE %s): %s%s"
                        .formatted(state, text(e), advice(state, schema)),
                e);
    }

    private static String advice(@Nullable String state, SchemaName schema) {
        if (state == null) {
            return "";
        }
        if (NOT_INSTALLED.contains(state)) {
            return "; schema %s is missing or older than this version of EventStream: run SchemaMigrator"
                    .formatted(schema);
        }
        if (state.equals(READ_ONLY)) {
            return "; this server or transaction is read-only: connect to the primary, or begin a transaction that may write";
        }
        if (state.equals(LOCK_NOT_AVAILABLE)) {
            return "; another lock than a lane was not to be had within the session's lock_timeout: somebody may be changing the schema";
        }
        if (state.equals(NOT_ALLOWED)) {
            return "; the role lacks a privilege in schema %s: make it a member of the writer, engine or reader that SchemaMigrator.grantsSql() speaks of"
                    .formatted(schema);
        }
        return "";
    }
}
