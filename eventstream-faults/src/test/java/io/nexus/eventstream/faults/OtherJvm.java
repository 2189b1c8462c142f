package io.nexus.eventstream.faults;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** A writer that keeps a lane, or a worker of a projection, in a process that can be frozen. It obeys lines of its input. */
final class OtherJvm {

    private OtherJvm() {}

    /** Arguments: URL, task (hold or project), after how many milliseconds the server ends an idle transaction, event, text. */
    public static void main(String... arguments) throws IOException, SQLException {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        // Who freezes in a transaction would keep a projection's row as long as it sleeps; the server ends that.
        String url = arguments[0]
                + "&ApplicationName=a%20JVM%20of%20its%20own&options=-c%20idle_in_transaction_session_timeout=3000";
        try (HikariDataSource pool = Pools.pool(url, 8)) {
            PostgresEventStore store = Pools.store(pool).build();
            if (arguments[1].equals("project")) {
                try (ProjectionEngine engine = Journal.engine(store, "child")) {
                    engine.start();
                    answers.println("ready");
                    orders.readLine();
                }
            } else {
                hold(pool, store, arguments, orders, answers);
            }
        }
    }

    private static void hold(
            HikariDataSource pool,
            PostgresEventStore store,
            String[] arguments,
            BufferedReader orders,
            PrintStream answers)
            throws IOException, SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET LOCAL idle_in_transaction_session_timeout = " + arguments[2]);
            }
            store.joining(connection)
                    .append(
                            TenantId.of("acme"),
                            new StreamAppend(
                                    StreamId.of("account", "1"),
                                    ExpectedVersion.any(),
                                    List.of(NewEvent.of(new Load.Posted(arguments[4], 1))
                                            .withId(EventId.of(arguments[3])))));
            answers.println("ready");
            orders.readLine();
            try {
                connection.commit();
                answers.println("committed");
            } catch (SQLException e) {
                answers.println("refused");
            }
        }
    }
}
