package io.nexus.eventstream.jdbc;

import java.lang.reflect.Method;
import java.sql.SQLException;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * What an exception of the database tells without quoting a value: SQLSTATE and names of the schema. The names are the driver's to
 * tell, by reflection, see {@link DriverNotifications}.
 */
final class SqlFacts {

    private SqlFacts() {}

    /** Returns what is known, empty if it is no exception of a database. */
    static String of(Throwable failure) {
        if (failure instanceof OwnConnections.NotCommittedException) {
            return OwnConnections.NotCommittedException.WHY;
        }
        if (!(failure instanceof SQLException e)) {
            return "";
        }
        StringJoiner facts = new StringJoiner(", ");
        facts.add("SQLSTATE " + e.getSQLState());
        Object server = called(e, "getServerErrorMessage");
        if (server != null) {
            add(facts, "table", called(server, "getTable"));
            add(facts, "column", called(server, "getColumn"));
            add(facts, "constraint", called(server, "getConstraint"));
        }
        return facts.toString();
    }

    private static void add(StringJoiner facts, String what, @Nullable Object name) {
        if (name != null) {
            facts.add(what + " " + name);
        }
    }

    private static @Nullable Object called(Object driver, String name) {
        try {
            Method method = driver.getClass().getMethod(name);
            return method.invoke(driver);
        } catch (ReflectiveOperationException e) {
            // Another driver, which does not know.
            return null;
        }
    }
}
