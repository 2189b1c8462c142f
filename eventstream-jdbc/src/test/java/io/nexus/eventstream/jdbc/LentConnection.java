package io.nexus.eventstream.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.Set;

/**
 * A connection that a host lends to the library. It may be used for statements and asked about; whoever ends its transaction
 * or changes a setting fails the test.
 */
final class LentConnection implements InvocationHandler {

    private static final Set<String> ALLOWED = Set.of(
            "prepareStatement",
            "createArrayOf",
            "getAutoCommit",
            "getTransactionIsolation",
            "isReadOnly",
            "isClosed",
            "isValid",
            "getMetaData",
            "toString",
            "hashCode",
            "equals");

    private final Connection connection;
    private final Connection lent;

    private LentConnection(Connection connection) {
        this.connection = connection;
        this.lent = (Connection)
                Proxy.newProxyInstance(LentConnection.class.getClassLoader(), new Class<?>[] {Connection.class}, this);
    }

    static Connection of(Connection connection) {
        return new LentConnection(connection).lent;
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (!ALLOWED.contains(method.getName())) {
            throw new AssertionError("the library called %s on a connection of the host".formatted(method));
        }
        Object result = invoked(connection, method, arguments);
        return result instanceof PreparedStatement statement ? lent(statement) : result;
    }

    /** Returns the statement without the way back to the connection that it offers. */
    private PreparedStatement lent(PreparedStatement statement) {
        return (PreparedStatement) Proxy.newProxyInstance(
                LentConnection.class.getClassLoader(),
                new Class<?>[] {PreparedStatement.class},
                (proxy, method, arguments) ->
                        method.getName().equals("getConnection") ? lent : invoked(statement, method, arguments));
    }

    private static Object invoked(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
