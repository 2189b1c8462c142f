package io.nexus.eventstream.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

/**
 * Waits for notifications through {@code org.postgresql.PGConnection}, which JDBC has no word for. By reflection, so that the
 * driver remains the host's choice and no part of what this module is compiled with.
 */
final class DriverNotifications {

    private final Object driver;
    private final Method wait;
    private final Method payload;

    private DriverNotifications(Object driver, Method wait, Method payload) {
        this.driver = driver;
        this.wait = wait;
        this.payload = payload;
    }

    /** Finds the driver behind a connection, whatever pool wraps it. */
    static DriverNotifications of(Connection connection) throws SQLException {
        try {
            ClassLoader loader = driverLoader(connection);
            Class<?> type = Class.forName("org.postgresql.PGConnection", false, loader);
            Class<?> notification = Class.forName("org.postgresql.PGNotification", false, loader);
            return new DriverNotifications(
                    connection.unwrap(type),
                    type.getMethod("getNotifications", int.class),
                    notification.getMethod("getParameter"));
        } catch (ReflectiveOperationException e) {
            throw new SQLException("the driver of this connection is not the PostgreSQL JDBC driver, or is too old", e);
        }
    }

    /** The driver's classes may be visible only to the loader that the pool got them from. */
    private static ClassLoader driverLoader(Connection connection) throws SQLException {
        ClassLoader own = Objects.requireNonNullElse(
                DriverNotifications.class.getClassLoader(), ClassLoader.getSystemClassLoader());
        try {
            Class.forName("org.postgresql.PGConnection", false, own);
            return own;
        } catch (ClassNotFoundException e) {
            ClassLoader of = connection.getMetaData().getClass().getClassLoader();
            return of == null ? own : of;
        }
    }

    /** Returns the payloads of what arrived, each once, in order; waits up to this long for the first. */
    Set<String> await(int millis) throws SQLException {
        try {
            Object[] heard = (Object[]) wait.invoke(driver, millis);
            Set<String> payloads = new LinkedHashSet<>();
            for (Object each : heard == null ? new Object[0] : heard) {
                payloads.add(String.valueOf(payload.invoke(each)));
            }
            return payloads;
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SQLException cause) {
                throw cause;
            }
            throw new SQLException("the driver failed while it waited for notifications", e.getCause());
        } catch (IllegalAccessException e) {
            throw new SQLException("the driver's classes cannot be reached", e);
        }
    }
}
