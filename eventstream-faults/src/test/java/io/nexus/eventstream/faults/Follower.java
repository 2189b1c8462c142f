package io.nexus.eventstream.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A reader that asks for everything after the last position it has seen, by one line of SQL, while others write. It must never
 * see a gap, and what it has seen must still be there at the end.
 */
final class Follower implements AutoCloseable {

    private static final String NEXT =
            "SELECT position, event_id FROM eventstream.events WHERE tenant_id = ? AND position > ? ORDER BY position LIMIT 500";

    private final String url;
    private final String tenant;
    private final List<String> seen = new ArrayList<>();
    private final Thread thread;
    private volatile boolean stopping;
    private volatile String gap = "";

    private Follower(String url, String tenant) {
        this.url = url;
        this.tenant = tenant;
        this.thread = new Thread(this::follow, "follower of " + tenant);
        thread.start();
    }

    static Follower of(String url, String tenant) {
        return new Follower(url, tenant);
    }

    private void follow() {
        while (!stopping) {
            try (Connection connection = DriverManager.getConnection(url);
                    PreparedStatement next = connection.prepareStatement(NEXT)) {
                while (!stopping) {
                    if (!read(next)) {
                        LockSupport.parkNanos(2_000_000);
                    }
                }
            } catch (SQLException e) {
                // The server is away; it goes on from where it stands.
                LockSupport.parkNanos(20_000_000);
            }
        }
    }

    private synchronized boolean read(PreparedStatement next) throws SQLException {
        next.setString(1, tenant);
        next.setLong(2, seen.size());
        try (ResultSet rows = next.executeQuery()) {
            boolean any = false;
            while (rows.next()) {
                any = true;
                if (rows.getLong(1) != seen.size() + 1) {
                    gap = "after position %d it saw %d".formatted(seen.size(), rows.getLong(1));
                    stopping = true;
                    return false;
                }
                seen.add(rows.getString(2));
            }
            return any;
        }
    }

    /** Waits until it has seen all, and compares that with what is there now; returns how much that was. */
    synchronized long caughtUp(Server server) {
        stopping = true;
        assertThat(gap).isEmpty();
        List<String> now =
                server.query("SELECT event_id FROM eventstream.events WHERE tenant_id = '%s' ORDER BY position LIMIT %d"
                        .formatted(tenant, seen.size()));
        assertThat(seen)
                .as("what was read while others wrote, and is there now")
                .isEqualTo(now);
        assertThat(seen).as("it has read something").isNotEmpty();
        return seen.size();
    }

    @Override
    public void close() {
        stopping = true;
    }
}
