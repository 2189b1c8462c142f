package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.AppendCommand;
import io.nexus.eventstream.spi.AppendOutcome;
import io.nexus.eventstream.spi.CommitInDoubtException;
import io.nexus.eventstream.spi.EventStorage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A storage whose appends of concurrent threads travel in one call and one commit; see {@link AppendQueue}. An append that
 * has no company goes through {@code append_v1} like any other. Thread-safe.
 */
final class GroupCommit implements EventStorage, AppendQueue.Sender {

    private static final Logger log = LoggerFactory.getLogger(GroupCommit.class);

    /**
     * Data sources that give any thread the same kind of connection, to the same database and in no transaction. Others may
     * route by thread, or join a transaction of the thread, and a leader would take its neighbours' events along.
     */
    private static final Set<String> ALIKE_FOR_ALL_THREADS = Set.of(
            "com.zaxxer.hikari.HikariDataSource",
            "org.apache.commons.dbcp2.BasicDataSource",
            "org.apache.tomcat.jdbc.pool.DataSource",
            "org.postgresql.ds.PGSimpleDataSource");

    /** More groups at a time took each other's processors on a machine of two; see the Rationale. */
    private static final int PROCESSORS_A_GROUP = 4;

    /** Longer ones cost more than their company was worth; see the Rationale. */
    private static final Duration LONGEST_PAUSE = Duration.ofNanos(150_000);

    private final OwnConnections connections;
    private final PostgresEventStorage storage;
    private final Statements statements;
    private final AppendSettings settings;
    private final AppendQueue queue;

    GroupCommit(
            OwnConnections connections,
            PostgresEventStorage storage,
            Statements statements,
            AppendSettings settings,
            boolean severalTenants) {
        this.connections = connections;
        this.storage = storage;
        this.statements = statements;
        this.settings = settings;
        int mostLeaders = Math.max(1, Runtime.getRuntime().availableProcessors() / PROCESSORS_A_GROUP);
        this.queue = new AppendQueue(this, severalTenants, mostLeaders, LONGEST_PAUSE);
    }

    /** Returns how many appends wait to be sent. */
    int inLine() {
        return queue.length();
    }

    /** Returns whether it does not matter which thread takes a connection from this data source. */
    static boolean suits(DataSource dataSource) {
        return ALIKE_FOR_ALL_THREADS.contains(dataSource.getClass().getName());
    }

    @Override
    public AppendOutcome append(TenantId tenant, AppendCommand command) {
        return settings.meter().measured(tenant, () -> queued(tenant, command));
    }

    private AppendOutcome queued(TenantId tenant, AppendCommand command) {
        QueuedAppend append = new QueuedAppend(tenant, command, settings.laneTimeout());
        try {
            return outcome(append, queue.travel(append));
        } catch (CommitInDoubtException e) {
            return resolved(append, e);
        }
    }

    private AppendOutcome outcome(QueuedAppend append, QueueAnswer answer) {
        if (answer instanceof QueueAnswer.Judged judged) {
            return judged.outcome();
        }
        if (answer instanceof QueueAnswer.Failed failed) {
            throw failed.failure();
        }
        if (answer instanceof QueueAnswer.TooLate) {
            return atOnce(append);
        }
        if (answer instanceof QueueAnswer.Alone alone) {
            if (alone.doubt() != null) {
                throw new CommitInDoubtException(alone.doubt());
            }
            return storage.appendAlone(append.tenant(), append.command());
        }
        throw new StorageException(
                "the thread was interrupted while its append to the log of tenant %s waited to be sent; nothing was written"
                        .formatted(append.tenant()),
                null);
    }

    /** Sends an append that has no time left: perhaps it waited for its turn only, and its lane is free. */
    private AppendOutcome atOnce(QueuedAppend append) {
        AppendOutcome outcome = storage.append(append.tenant(), append.command(), Duration.ZERO);
        return outcome instanceof AppendOutcome.LaneBusy ? storage.laneBusy(append.tenant(), append.begin()) : outcome;
    }

    /** Sends an append again whose connection broke on the way: its ids tell whether it was recorded. */
    private AppendOutcome resolved(QueuedAppend append, CommitInDoubtException doubt) {
        AppendOutcome outcome;
        try {
            outcome = storage.appendAlone(append.tenant(), append.command());
        } catch (RuntimeException e) {
            doubt.addSuppressed(e);
            throw doubt;
        }
        if (outcome instanceof AppendOutcome.LaneBusy) {
            // Perhaps it is the lost call itself that still holds the lane.
            throw doubt;
        }
        return outcome;
    }

    @Override
    public void send(AppendGroup group, Duration wait) {
        if (group.appends().size() == 1 && wait.isZero()) {
            single(group.first());
        } else {
            PlatformThreads.run(() -> several(group.appends(), wait));
        }
    }

    private void several(List<QueuedAppend> appends, Duration wait) {
        try {
            // What has come since the lane was found busy may have an answer that needs no lane.
            if (wait.isZero() || appends.stream().anyMatch(each -> !each.wasTried())) {
                call(appends, 0);
            }
            List<QueuedAppend> waiting =
                    appends.stream().filter(each -> each.answer() == null).toList();
            if (!wait.isZero() && !waiting.isEmpty()) {
                call(waiting, Math.max(1, wait.toMillis()));
            }
        } catch (SQLException e) {
            if (!SqlFailures.isLockTimeout(e)) {
                throw new GroupFailedException(e);
            }
        } catch (StorageException e) {
            // No connection was to be had, so nothing was sent. An interrupt, though, is the leader's affair alone.
            if (!Thread.currentThread().isInterrupted()) {
                appends.stream()
                        .filter(each -> each.answer() == null)
                        .forEach(each -> each.answer(
                                new QueueAnswer.Failed(new StorageException(String.valueOf(e.getMessage()), e))));
            } else if (appends.get(0).answer() == null) {
                // It would get no connection the next time either; somebody else leads.
                appends.get(0).answer(new QueueAnswer.Interrupted());
            }
        }
    }

    /** An append that travels by itself has all of an append's answers, but does not wait for a busy lane here. */
    private void single(QueuedAppend append) {
        try {
            AppendOutcome outcome = storage.append(append.tenant(), append.command(), Duration.ZERO);
            if (outcome instanceof AppendOutcome.LaneBusy) {
                append.tried();
            } else {
                append.answer(new QueueAnswer.Judged(outcome));
            }
        } catch (RuntimeException e) {
            append.answer(new QueueAnswer.Failed(e));
        }
    }

    private void call(List<QueuedAppend> appends, long waitMillis) throws SQLException {
        GroupCall call = new GroupCall(appends);
        connections.call(connection -> {
            call(connection, call, waitMillis);
            return true;
        });
    }

    private void call(Connection connection, GroupCall call, long waitMillis) throws SQLException {
        long begin = System.nanoTime();
        try (PreparedStatement statement = connection.prepareStatement(statements.appendBatch)) {
            call.bind(statement, settings, waitMillis);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                call.answer(row);
                List<QueuedAppend> judged = call.judged();
                if (!judged.isEmpty()) {
                    settings.meter().sent(judged, begin, row.getLong("lane_waited_us"));
                }
            }
        }
    }

    @Override
    public @Nullable Throwable doubt(Throwable failure) {
        if (failure instanceof Error) {
            // It may have come when the group had been committed.
            return failure;
        }
        if (failure instanceof GroupFailedException && failure.getCause() instanceof SQLException e) {
            log.warn(
                    "A group of appends failed and is sent again one by one (SQLSTATE {}): {}",
                    e.getSQLState(),
                    SqlFailures.text(e));
            return SqlFailures.isConnectionBroken(e) ? e : null;
        }
        return null;
    }

    @Override
    public void ensureTenant(TenantId tenant) {
        storage.ensureTenant(tenant);
    }

    @Override
    public List<StoredEvent> read(TenantId tenant, EventQuery query, int limit) {
        return storage.read(tenant, query, limit);
    }

    @Override
    public EventVersion version(TenantId tenant, StreamId stream) {
        return storage.version(tenant, stream);
    }

    @Override
    public Optional<LogHead> head(TenantId tenant) {
        return storage.head(tenant);
    }

    @Override
    public Optional<StoredEvent> find(TenantId tenant, EventId id) {
        return storage.find(tenant, id);
    }

    @Override
    public Position positionAt(TenantId tenant, Instant recordedAt) {
        return storage.positionAt(tenant, recordedAt);
    }

    /** Carries what the database said out of the queue. */
    private static final class GroupFailedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        GroupFailedException(SQLException cause) {
            super(cause);
        }
    }
}
