package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.LaneHolder;
import io.nexus.eventstream.OtherTenantException;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.projection.ParkedEvent;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.spi.CommitInDoubtException;
import io.nexus.eventstream.spi.DueProjection;
import io.nexus.eventstream.spi.ProjectionKey;
import io.nexus.eventstream.spi.ProjectionStorage;
import io.nexus.eventstream.spi.StoredProjection;
import io.nexus.eventstream.spi.TenantHead;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Projections in PostgreSQL, each call on a connection of its own, given back as it was. Thread-safe. */
final class PostgresProjectionStorage implements ProjectionStorage {

    private final OwnConnections connections;
    private final Statements statements;
    private final ProjectionStatements sql;
    private final Lanes lanes;

    PostgresProjectionStorage(OwnConnections connections, Statements statements, Duration laneTimeout) {
        this.connections = connections;
        this.statements = statements;
        this.sql = statements.projections;
        this.lanes = new Lanes(statements, laneTimeout);
    }

    @Override
    public <T> T transaction(TenantId tenant, Work<T> work) {
        return inTransaction(
                tenant,
                OwnConnections.End.COMMIT,
                connection -> work.in(new PostgresProjectionTransaction(connection, tenant, statements, lanes)));
    }

    @Override
    public <T> T rolledBack(TenantId tenant, Work<T> work) {
        return inTransaction(
                tenant,
                OwnConnections.End.ROLL_BACK,
                connection -> work.in(new PostgresProjectionTransaction(connection, tenant, statements, lanes)));
    }

    @Override
    public List<DueProjection> due(
            Collection<Projector> projectors, String owner, Optional<TenantId> tenant, int limit) {
        if (projectors.isEmpty()) {
            return List.of();
        }
        List<String> names = projectors.stream().map(Projector::name).toList();
        Object[] versions = projectors.stream().map(Projector::version).toArray();
        if (tenant.isPresent()) {
            return call(tenant.get(), sql.dueOfOneTenant, statement -> {
                statement
                        .parameters()
                        .add(tenant.get().value())
                        .addTexts(names)
                        .addArray("integer", versions)
                        .add(owner)
                        .add(limit);
                return due(statement);
            });
        }
        return callForAll(sql.due, statement -> {
            statement
                    .parameters()
                    .addTexts(names)
                    .addArray("integer", versions)
                    .add(owner)
                    .add(limit);
            return due(statement);
        });
    }

    private static List<DueProjection> due(TenantStatement statement) throws SQLException {
        List<DueProjection> due = new ArrayList<>();
        try (ResultSet rows = statement.query()) {
            while (rows.next()) {
                boolean stored = rows.getString("slot") != null;
                due.add(new DueProjection(
                        TenantId.of(rows.getString("tenant")),
                        rows.getString("name"),
                        stored ? Optional.of(ProjectionRows.read(rows)) : Optional.empty(),
                        Position.of(rows.getLong("head"))));
            }
        }
        return due;
    }

    @Override
    public List<TenantHead> heads() {
        return callForAll(sql.heads, statement -> {
            List<TenantHead> heads = new ArrayList<>();
            try (ResultSet rows = statement.query()) {
                while (rows.next()) {
                    heads.add(new TenantHead(TenantId.of(rows.getString("tenant")), Position.of(rows.getLong("head"))));
                }
            }
            return heads;
        });
    }

    @Override
    public Optional<StoredProjection> acquire(ProjectionKey key, String owner, Duration lease) {
        // A transaction, since at a host's isolation level of SERIALIZABLE a lost race would be an error.
        return inTransaction(key.tenant(), OwnConnections.End.COMMIT, connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql.acquire)) {
                ProjectionRows.bind(new Parameters(statement), key)
                        .add(owner)
                        .add(owner)
                        .add(lease.toMillis());
                try (ResultSet row = statement.executeQuery()) {
                    return row.next() ? Optional.of(ProjectionRows.read(row)) : Optional.empty();
                }
            }
        });
    }

    @Override
    public void release(ProjectionKey key, long leaseToken) {
        inTransaction(key.tenant(), OwnConnections.End.COMMIT, connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql.release)) {
                ProjectionRows.bind(new Parameters(statement), key).add(leaseToken);
                return statement.executeUpdate();
            }
        });
    }

    @Override
    public List<StoredProjection> find(TenantId tenant, String projection) {
        return call(tenant, sql.find, statement -> {
            statement.parameters().add(tenant.value()).add(projection);
            try (ResultSet rows = statement.query()) {
                return ProjectionRows.readAll(rows);
            }
        });
    }

    @Override
    public List<String> names(TenantId tenant) {
        return call(tenant, sql.names, statement -> {
            statement.parameters().add(tenant.value());
            List<String> names = new ArrayList<>();
            try (ResultSet rows = statement.query()) {
                while (rows.next()) {
                    names.add(rows.getString("projection"));
                }
            }
            return names;
        });
    }

    @Override
    public List<ParkedEvent> parked(ProjectionKey key, int limit) {
        return call(key.tenant(), sql.parked, statement -> {
            ProjectionRows.bind(statement.parameters(), key).add(limit);
            try (ResultSet rows = statement.query()) {
                return ProjectionRows.readParked(rows);
            }
        });
    }

    @Override
    public Optional<EventHash> hashAt(TenantId tenant, Position position) {
        return call(tenant, sql.hashAt, statement -> {
            statement.parameters().add(tenant.value()).add(position.value());
            try (ResultSet row = statement.query()) {
                return row.next() ? Optional.of(EventHash.of(row.getBytes("hash"))) : Optional.empty();
            }
        });
    }

    @Override
    public Optional<Instant> recordedAfter(TenantId tenant, Position position) {
        return call(tenant, sql.recordedAfter, statement -> {
            statement.parameters().add(tenant.value()).add(position.value());
            try (ResultSet row = statement.query()) {
                return row.next() ? Optional.of(EventRows.instant(row, "recorded_at")) : Optional.empty();
            }
        });
    }

    @Override
    public Instant now() {
        return callForAll(sql.now, statement -> {
            try (ResultSet row = statement.query()) {
                row.next();
                return EventRows.instant(row, "now");
            }
        });
    }

    @Override
    public List<LaneHolder> blockers(ProjectionKey key) {
        return call(key.tenant(), sql.blockers, statement -> {
            ProjectionRows.bind(statement.parameters(), key);
            try (ResultSet rows = statement.query()) {
                return Lanes.holders(rows);
            }
        });
    }

    @Override
    public String facts(Throwable failure) {
        return SqlFacts.of(failure);
    }

    private <T> T inTransaction(TenantId tenant, OwnConnections.End end, ConnectionScope.Work<T> work) {
        try {
            return connections.transaction(tenant, end, work);
        } catch (SQLException e) {
            throw SqlFailures.translated(e, tenant, statements.schema);
        } catch (CommitInDoubtException e) {
            throw new StorageException(
                    "the connection broke while a projection of tenant %s was being committed, nobody knows whether it was"
                            .formatted(tenant),
                    e.getCause());
        }
    }

    /** Runs one statement about one tenant, which needs no transaction. */
    private <T> T call(TenantId tenant, String text, StatementWork<T> work) {
        return run(connection -> {
            try (TenantStatement statement = statements.wall.prepare(connection, tenant, text, true)) {
                return work.on(statement);
            } catch (SQLException e) {
                if (SqlFailures.isOtherTenant(e)) {
                    throw new OtherTenantException(tenant, e);
                }
                throw e;
            }
        });
    }

    /** Runs one statement about no tenant or about all, through a function that may see them. */
    private <T> T callForAll(String text, StatementWork<T> work) {
        return run(connection -> {
            try (TenantStatement statement = new TenantStatement(connection.prepareStatement(text), false)) {
                return work.on(statement);
            }
        });
    }

    private <T> T run(ConnectionScope.Work<T> work) {
        try {
            return connections.call(work);
        } catch (SQLException e) {
            throw SqlFailures.translated(e, statements.schema);
        }
    }

    @FunctionalInterface
    private interface StatementWork<T> {
        T on(TenantStatement statement) throws SQLException;
    }
}
