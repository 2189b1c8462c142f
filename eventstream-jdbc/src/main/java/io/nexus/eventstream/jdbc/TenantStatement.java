package io.nexus.eventstream.jdbc;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** A statement about one tenant's rows, perhaps behind another that binds the session; made by {@link TenantWall}. */
final class TenantStatement implements AutoCloseable {

    private final PreparedStatement statement;
    private final boolean bound;

    TenantStatement(PreparedStatement statement, boolean bound) {
        this.statement = statement;
        this.bound = bound;
    }

    /** Returns the statement's own parameters. */
    Parameters parameters() {
        return new Parameters(statement, bound ? 1 : 0);
    }

    ResultSet query() throws SQLException {
        if (!bound) {
            return statement.executeQuery();
        }
        statement.execute();
        statement.getMoreResults();
        return statement.getResultSet();
    }

    int update() throws SQLException {
        if (!bound) {
            return statement.executeUpdate();
        }
        statement.execute();
        statement.getMoreResults();
        return statement.getUpdateCount();
    }

    @Override
    public void close() throws SQLException {
        statement.close();
    }
}
