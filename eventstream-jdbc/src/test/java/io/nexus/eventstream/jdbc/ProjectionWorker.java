package io.nexus.eventstream.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * An engine in a JVM of its own, which freezes at one event. It says {@code reached} when it stands there, goes on when it is
 * told {@code go}, and ends when it is told {@code close}.
 */
final class ProjectionWorker {

    private ProjectionWorker() {}

    /** Arguments: URL of the database, where to freeze (write, read or rebuild), at which event, lease in milliseconds. */
    public static void main(String... arguments) throws IOException {
        String where = arguments[1];
        Gate gate = new Gate(Long.parseLong(arguments[2]));
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(arguments[0]);
            PostgresEventStore store =
                    where.equals("read") ? gate.reading(pool) : PostgresEventStore.create(pool, FreshDatabase.TYPES);
            Journal journal = where.equals("read") ? new Journal("journal") : new Journal("journal", gate::pass);
            try (ProjectionEngine engine = ProjectionEngine.builder(store)
                    .projector(journal)
                    .owner("child")
                    .batchSize(100)
                    .lease(Duration.ofMillis(Long.parseLong(arguments[3])))
                    .pollInterval(Duration.ofMillis(20))
                    .build()) {
                if (where.equals("rebuild")) {
                    engine.rebuild(TenantId.of("acme"), "journal");
                }
                engine.start();
                gate.awaitReached();
                answers.println("reached");
                for (String order = orders.readLine(); "go".equals(order); order = orders.readLine()) {
                    gate.open();
                }
            }
        }
    }
}
