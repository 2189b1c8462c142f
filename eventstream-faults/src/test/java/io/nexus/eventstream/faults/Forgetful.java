package io.nexus.eventstream.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/**
 * Hosts whose statements forget their tenant, on connections that others use a moment later, behind row-level security. In a
 * transaction that is bound to a tenant they must see that tenant's events and no others, in any other transaction none.
 */
final class Forgetful implements AutoCloseable {

    private static final String SEEN = "SELECT DISTINCT tenant_id FROM eventstream.events";

    private final DataSource dataSource;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong asked = new AtomicLong();
    private final ConcurrentLinkedQueue<String> leaks = new ConcurrentLinkedQueue<>();
    private volatile boolean stopping;

    private Forgetful(DataSource dataSource, List<String> tenants) {
        this.dataSource = dataSource;
        for (String tenant : tenants) {
            Thread thread = new Thread(() -> ask(tenant), "forgetful host of " + tenant);
            threads.add(thread);
            thread.start();
        }
    }

    /** Lets a host of each of these tenants ask, all of which have events. */
    static Forgetful on(DataSource dataSource, String... tenants) {
        return new Forgetful(dataSource, List.of(tenants));
    }

    private void ask(String tenant) {
        while (!stopping) {
            try (Connection connection = dataSource.getConnection()) {
                note("a statement by itself", seen(connection), Set.of());
                connection.setAutoCommit(false);
                try (Statement statement = connection.createStatement()) {
                    statement.execute("SELECT eventstream.enter_tenant_v1('%s')".formatted(tenant));
                }
                note("a transaction of " + tenant, seen(connection), Set.of(tenant));
                connection.commit();
                note("the transaction after that", seen(connection), Set.of());
                connection.rollback();
                connection.setAutoCommit(true);
                asked.addAndGet(3);
            } catch (SQLException e) {
                // The pooler is away; it asks again.
                LockSupport.parkNanos(20_000_000);
            }
        }
    }

    private static Set<String> seen(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(SEEN)) {
            List<String> tenants = new ArrayList<>();
            while (rows.next()) {
                tenants.add(rows.getString(1));
            }
            return Set.copyOf(tenants);
        }
    }

    private void note(String where, Set<String> seen, Set<String> expected) {
        if (!seen.equals(expected)) {
            leaks.add("%s saw events of %s".formatted(where, seen));
        }
    }

    /** Asserts that they never saw what is not theirs; returns how often they looked. */
    long sawTheirOwn() {
        assertThat(leaks).isEmpty();
        assertThat(asked).as("looks").hasPositiveValue();
        return asked.get();
    }

    @Override
    public void close() {
        stopping = true;
    }
}
