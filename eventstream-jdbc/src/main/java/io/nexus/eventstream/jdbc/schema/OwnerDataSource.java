package io.nexus.eventstream.jdbc.schema;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.Objects;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** Connections on which the schema's owner works, given back as the login that they came as. */
final class OwnerDataSource implements DataSource {

    private final DataSource logins;
    private final String owner;

    OwnerDataSource(DataSource logins, SchemaRoles roles) {
        this.logins = logins;
        this.owner = roles.owner();
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = logins.getConnection();
        try {
            connection.setAutoCommit(true);
            execute(connection, "SET ROLE " + owner);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return (Connection) Proxy.newProxyInstance(
                OwnerDataSource.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("close") && !connection.isClosed()) {
                        resetRole(connection);
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw Objects.requireNonNullElse(e.getCause(), e);
                    }
                });
    }

    private static void resetRole(Connection connection) throws SQLException {
        if (!connection.getAutoCommit()) {
            // What is rolled back after it would bring the role back.
            connection.rollback();
            connection.setAutoCommit(true);
        }
        execute(connection, "RESET ROLE");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException("the login is the DataSource's own");
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return logins.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        logins.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        logins.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return logins.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return logins.getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return logins.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return logins.isWrapperFor(type);
    }
}
