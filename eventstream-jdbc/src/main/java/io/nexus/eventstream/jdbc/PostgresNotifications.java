package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.jdbc.schema.SchemaName;
import io.nexus.eventstream.projection.Subscription;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets nodes hear of each other's appends at once, by {@code NOTIFY} and {@code LISTEN} (PostgreSQL manual, SQL commands). A
 * hint and no more: everything is as right without it, only later, by one poll interval.
 *
 * <pre>{@code
 * PostgresNotifications hints = PostgresNotifications.start(dataSource, store, engine::wake, engine::wakeAll);
 * }</pre>
 *
 * <p>Notifications are never sent in the transaction of an append, where they would make all commits of the server wait for
 * each other; they follow it, from a connection of their own, all that came together in one statement, at most a hundred
 * times a second. What listens keeps one connection for itself for as long as it runs, so give it a {@code DataSource} with
 * one to spare, which does not lead through a transaction pooler. A broken connection is opened again, and everything is
 * looked at once after that, since hints sent in between are gone.
 *
 * <p>Needs the PostgreSQL JDBC driver itself ({@code org.postgresql}) behind the {@code DataSource}, wrapped by whatever pool.
 */
public final class PostgresNotifications implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(PostgresNotifications.class);

    private static final int LOOK_MILLIS = 5_000;
    private static final Duration AT_MOST_EVERY = Duration.ofMillis(10);
    private static final Duration RECONNECT_AFTER = Duration.ofSeconds(1);
    private static final int MOST_WAITING = 10_000;

    private final DataSource dataSource;
    private final String channel;
    private final Consumer<TenantId> onAppend;
    private final Runnable onListening;
    private final BlockingQueue<TenantId> appended = new LinkedBlockingQueue<>(MOST_WAITING);
    private final Subscription subscription;
    private final Thread listener;
    private final Thread sender;
    private volatile boolean closed;
    private volatile @Nullable Connection listening;

    private PostgresNotifications(
            DataSource dataSource, PostgresEventStore store, Consumer<TenantId> onAppend, Runnable onListening) {
        this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
        this.channel = channel(store.schema());
        this.onAppend = Objects.requireNonNull(onAppend, "onAppend");
        this.onListening = Objects.requireNonNull(onListening, "onListening");
        // A full queue means a flood of appends, which every poll finds anyway.
        this.subscription = store.onAppend(appended::offer);
        this.listener = daemon("eventstream-listen", this::listen);
        this.sender = daemon("eventstream-notify", this::send);
    }

    /**
     * Begins to tell others of a store's appends, and to hear of theirs.
     *
     * @param dataSource for one connection that is kept, and one now and then
     * @param store whose appends others are told of
     * @param onAppend called for each tenant that something was appended for, by this store or another; must return at once
     * @param onListening called whenever hints may have been missed, at the beginning and after a broken connection
     */
    public static PostgresNotifications start(
            DataSource dataSource, PostgresEventStore store, Consumer<TenantId> onAppend, Runnable onListening) {
        PostgresNotifications notifications = new PostgresNotifications(dataSource, store, onAppend, onListening);
        notifications.listener.start();
        notifications.sender.start();
        return notifications;
    }

    /** Ends both. */
    @Override
    public void close() {
        closed = true;
        subscription.close();
        sender.interrupt();
        listener.interrupt();
        Connection open = listening;
        if (open != null) {
            try {
                open.abort(Runnable::run);
            } catch (SQLException e) {
                log.debug("The listening connection was gone already", e);
            }
        }
    }

    private static String channel(SchemaName schema) {
        return schema.value() + "_appended";
    }

    private void listen() {
        boolean failed = false;
        while (!closed) {
            try (Connection connection = dataSource.getConnection()) {
                listening = connection;
                try {
                    connection.setAutoCommit(true);
                    try (Statement statement = connection.createStatement()) {
                        statement.execute("LISTEN \"" + channel + "\"");
                    }
                    failed = false;
                    onListening.run();
                    hear(connection);
                } finally {
                    // Given back to a pool, it would go on to collect notifications that nobody fetches.
                    connection.abort(Runnable::run);
                }
            } catch (SQLException | RuntimeException e) {
                if (!failed && !closed) {
                    log.warn(
                            "Appends of other nodes are found by polling until the connection that listens is back: {}",
                            SqlFailures.text(e));
                }
                failed = true;
                pause(RECONNECT_AFTER);
            } finally {
                listening = null;
            }
        }
    }

    private void hear(Connection connection) throws SQLException {
        DriverNotifications driver = DriverNotifications.of(connection);
        while (!closed) {
            Set<String> tenants = driver.await(LOOK_MILLIS);
            if (tenants.isEmpty() && !connection.isValid(LOOK_MILLIS / 1_000)) {
                throw new SQLException("the connection that listens is broken");
            }
            tenants.forEach(this::pass);
        }
    }

    /** Whoever may connect may send a notification, so the text is anybody's. */
    private void pass(String tenant) {
        try {
            onAppend.accept(TenantId.of(tenant));
        } catch (RuntimeException e) {
            log.warn(
                    "A hint that something was appended came to nothing: {}",
                    e.getClass().getName());
        }
    }

    private void send() {
        boolean failed = false;
        while (!closed) {
            try {
                Set<TenantId> tenants = new LinkedHashSet<>();
                tenants.add(appended.take());
                appended.drainTo(tenants);
                notify(tenants);
                failed = false;
                TimeUnit.NANOSECONDS.sleep(AT_MOST_EVERY.toNanos());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (SQLException | StorageException e) {
                if (!failed && !closed) {
                    log.warn("Other nodes are not told of appends, they find them by polling: {}", SqlFailures.text(e));
                }
                failed = true;
                pause(RECONNECT_AFTER);
            }
        }
    }

    private void notify(Set<TenantId> tenants) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            if (!connection.getAutoCommit()) {
                connection.setAutoCommit(true);
            }
            try (PreparedStatement statement =
                    connection.prepareStatement("SELECT pg_notify(?, t.tenant) FROM unnest(?) AS t (tenant)")) {
                List<String> names = tenants.stream().map(TenantId::value).toList();
                new Parameters(statement).add((Object) channel).addTexts(names);
                statement.execute();
            }
        }
    }

    private static void pause(Duration duration) {
        try {
            TimeUnit.NANOSECONDS.sleep(duration.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
