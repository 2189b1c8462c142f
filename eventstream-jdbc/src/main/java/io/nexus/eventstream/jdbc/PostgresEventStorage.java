package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.LaneBusyException;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.NotFinalYetException;
import io.nexus.eventstream.OtherTenantException;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.SecondTenantException;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.jdbc.ReadStatements.Bounds;
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

/**
 * The log in PostgreSQL. What must be atomic or serial happens in the database's functions (resources {@code
 * eventstream-schema}); here is no more than the calls.
 */
final class PostgresEventStorage implements EventStorage {

    private final ConnectionScope scope;
    private final Statements statements;
    private final AppendSettings settings;
    private final Lanes lanes;

    PostgresEventStorage(ConnectionScope scope, Statements statements, AppendSettings settings) {
        this.scope = scope;
        this.statements = statements;
        this.settings = settings;
        this.lanes = new Lanes(statements, settings.laneTimeout());
    }

    @Override
    public void ensureTenant(TenantId tenant) {
        if (!scope.isOwnTransaction()) {
            throw new IllegalStateException(
                    "a tenant is created in a transaction of its own, so that others need not wait for this one: call ensureTenant on the store itself");
        }
        call(tenant, connection -> {
            try (PreparedStatement statement = connection.prepareStatement(statements.createTenant)) {
                new Parameters(statement).add(tenant.value());
                return statement.execute();
            }
        });
    }

    @Override
    public AppendOutcome append(TenantId tenant, AppendCommand command) {
        return settings.meter().measured(tenant, () -> appendAlone(tenant, command));
    }

    /** Appends in a call of its own that waits for the lane; the metrics do not hear how it ends. */
    AppendOutcome appendAlone(TenantId tenant, AppendCommand command) {
        long begin = System.nanoTime();
        AppendOutcome outcome = append(tenant, command, settings.laneTimeout());
        return outcome instanceof AppendOutcome.LaneBusy ? laneBusy(tenant, begin) : outcome;
    }

    /** Appends; a lane that is busy for longer than {@code laneWait} is answered without a word on who holds it. */
    AppendOutcome append(TenantId tenant, AppendCommand command, Duration laneWait) {
        AppendCall append = new AppendCall(tenant, command);
        try {
            Optional<AppendOutcome> outcome = scope.call(connection -> append(connection, append, laneWait));
            if (outcome.isEmpty()) {
                scope.useReadCommitted();
                outcome = scope.call(connection -> append(connection, append, laneWait));
            }
            return outcome.orElseThrow(() ->
                    new IllegalStateException("the connection does not run at READ COMMITTED although it was told to"));
        } catch (SQLException e) {
            if (scope.isOwnTransaction() && SqlFailures.isConnectionBroken(e)) {
                throw new CommitInDoubtException(e);
            }
            throw SqlFailures.translated(e, tenant, statements.schema);
        }
    }

    /** Returns the outcome, empty if the host's connections are set to an isolation level that own appends cannot use. */
    private Optional<AppendOutcome> append(Connection connection, AppendCall append, Duration laneWait)
            throws SQLException {
        long begin = System.nanoTime();
        try (PreparedStatement statement =
                append.prepare(connection, statements, settings, laneWait, scope.isOwnTransaction())) {
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return switch (row.getString("outcome")) {
                    case "wrong_isolation" -> Optional.empty();
                    case "lane_busy" -> Optional.of(new AppendOutcome.LaneBusy(List.of(), laneWait));
                    default -> {
                        settings.meter().sent(append.events(), begin, row.getLong("lane_waited_us"));
                        yield Optional.of(append.outcome(row));
                    }
                };
            }
        } catch (SQLException e) {
            // In a caller's transaction a busy lane is a row; a time-out that is raised there is of another lock.
            if (scope.isOwnTransaction() && SqlFailures.isLockTimeout(e)) {
                return Optional.of(new AppendOutcome.LaneBusy(List.of(), laneWait));
            }
            throw e;
        }
    }

    /** Returns the answer to an append that has waited since {@code begin} for a lane in vain: who holds it. */
    AppendOutcome.LaneBusy laneBusy(TenantId tenant, long begin) {
        LaneBusyException busy = call(tenant, connection -> lanes.busy(connection, tenant, begin));
        return new AppendOutcome.LaneBusy(busy.holders(), busy.waited());
    }

    @Override
    public List<StoredEvent> read(TenantId tenant, EventQuery query, int limit) {
        return call(tenant, connection -> {
            Bounds bounds = query.stream().isPresent()
                    ? versionBounds(connection, tenant, query, query.stream().get())
                    : new Bounds(
                            query.after().map(Position::value).orElse(0L),
                            query.upTo().map(Position::value).orElse(Long.MAX_VALUE));
            try (TenantStatement statement = prepared(connection, tenant, statements.reads.text(query))) {
                statements.reads.bind(statement.parameters(), tenant, query, bounds, limit);
                try (ResultSet rows = statement.query()) {
                    return EventRows.readAll(rows, tenant);
                }
            }
        });
    }

    @Override
    public EventVersion version(TenantId tenant, StreamId stream) {
        return call(tenant, connection -> {
            try (TenantStatement statement = prepared(connection, tenant, statements.version)) {
                bindStream(statement.parameters(), tenant, stream);
                try (ResultSet row = statement.query()) {
                    return row.next() ? EventVersion.of(row.getLong("version")) : EventVersion.NONE;
                }
            }
        });
    }

    @Override
    public Optional<LogHead> head(TenantId tenant) {
        return call(tenant, connection -> {
            try (TenantStatement statement = prepared(connection, tenant, statements.head)) {
                statement.parameters().add(tenant.value());
                try (ResultSet row = statement.query()) {
                    return row.next()
                            ? Optional.of(new LogHead(
                                    Position.of(row.getLong("position")),
                                    EventRows.instant(row, "recorded_at"),
                                    EventHash.of(row.getBytes("hash"))))
                            : Optional.empty();
                }
            }
        });
    }

    @Override
    public Optional<StoredEvent> find(TenantId tenant, EventId id) {
        return call(tenant, connection -> {
            try (TenantStatement statement = prepared(connection, tenant, statements.find)) {
                statement.parameters().add(tenant.value()).add(id.value()).add(id.value());
                try (ResultSet row = statement.query()) {
                    return row.next() ? Optional.of(EventRows.read(row, tenant)) : Optional.empty();
                }
            }
        });
    }

    @Override
    public Position positionAt(TenantId tenant, Instant recordedAt) {
        Optional<Position> position = call(tenant, connection -> positionAt(connection, tenant, recordedAt));
        if (position.isEmpty() && scope.isOwnTransaction()) {
            scope.useReadCommitted();
            position = call(tenant, connection -> positionAt(connection, tenant, recordedAt));
        }
        return position.orElseThrow(
                () -> new NotFinalYetException(tenant, recordedAt, NotFinalYetException.Reason.OLD_SNAPSHOT));
    }

    /** Returns the position, empty if the transaction's isolation level does not let it see the end of the log. */
    private Optional<Position> positionAt(Connection connection, TenantId tenant, Instant recordedAt)
            throws SQLException {
        long begin = System.nanoTime();
        try (PreparedStatement statement = connection.prepareStatement(statements.positionAt)) {
            new Parameters(statement)
                    .add(tenant.value())
                    .add(recordedAt)
                    .add(settings.laneTimeout().toMillis())
                    .add(scope.isOwnTransaction());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                String outcome = row.getString("outcome");
                return switch (outcome) {
                    case "final" -> Optional.of(Position.of(row.getLong("final_position")));
                    case "old_snapshot" -> Optional.empty();
                    case "in_the_future" ->
                        throw new NotFinalYetException(tenant, recordedAt, NotFinalYetException.Reason.IN_THE_FUTURE);
                    case "standby" ->
                        throw new NotFinalYetException(tenant, recordedAt, NotFinalYetException.Reason.STANDBY);
                    case "second_tenant" -> throw new SecondTenantException(tenant);
                    case "other_tenant" -> throw new OtherTenantException(tenant, null);
                    case "lane_busy" -> throw lanes.busy(connection, tenant, begin);
                    default -> throw new IllegalStateException("position_at_v1 returned " + outcome);
                };
            }
        } catch (SQLException e) {
            // In a caller's transaction a busy lane is a row; a time-out that is raised there is of another lock.
            if (scope.isOwnTransaction() && SqlFailures.isLockTimeout(e)) {
                throw lanes.busy(connection, tenant, begin);
            }
            throw e;
        }
    }

    /** Takes the lanes of these tenants for the rest of the caller's transaction. */
    void lockLanes(List<TenantId> tenants) {
        call(tenants.get(0), connection -> {
            lanes.lock(connection, tenants);
            return true;
        });
    }

    /** Returns the versions to read; positions of the log become versions of the stream by a search in its index. */
    private Bounds versionBounds(Connection connection, TenantId tenant, EventQuery query, StreamId stream)
            throws SQLException {
        long low = query.fromVersion().map(EventVersion::value).orElse(1L);
        long high = query.upToVersion().map(EventVersion::value).orElse(Long.MAX_VALUE);
        if (query.after().isPresent()) {
            low = Math.max(
                    low, versionAt(connection, tenant, stream, query.after().get()) + 1);
        }
        if (query.upTo().isPresent()) {
            high = Math.min(
                    high, versionAt(connection, tenant, stream, query.upTo().get()));
        }
        return new Bounds(low, high);
    }

    private long versionAt(Connection connection, TenantId tenant, StreamId stream, Position position)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(statements.versionAt)) {
            bindStream(new Parameters(statement), tenant, stream).add(position.value());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    /** Runs several statements about one tenant's rows in the caller's transaction. */
    void during(TenantId tenant, Runnable work) {
        call(tenant, connection -> {
            statements.wall.during(connection, tenant, work);
            return true;
        });
    }

    /** Prepares a statement that reads the tables themselves, and not through a function that runs as their owner. */
    private TenantStatement prepared(Connection connection, TenantId tenant, String sql) throws SQLException {
        return statements.wall.prepare(connection, tenant, sql, scope.isOwnTransaction());
    }

    private <T> T call(TenantId tenant, ConnectionScope.Work<T> work) {
        try {
            return scope.call(work);
        } catch (SQLException e) {
            throw SqlFailures.translated(e, tenant, statements.schema);
        }
    }

    private static Parameters bindStream(Parameters parameters, TenantId tenant, StreamId stream) throws SQLException {
        return parameters
                .add(tenant.value())
                .add(stream.category())
                .add(stream.aggregateId().value());
    }
}
