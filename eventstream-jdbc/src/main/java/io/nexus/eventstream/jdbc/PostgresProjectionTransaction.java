package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.Position;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.projection.ParkedEvent;
import io.nexus.eventstream.projection.ReadModelDifference;
import io.nexus.eventstream.spi.Checkpoint;
import io.nexus.eventstream.spi.ProjectionKey;
import io.nexus.eventstream.spi.ProjectionTransaction;
import io.nexus.eventstream.spi.StoredProjection;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Projections in a transaction that somebody has begun on a connection and will end: this class neither commits nor rolls
 * back. Not thread-safe.
 */
final class PostgresProjectionTransaction implements ProjectionTransaction {

    private final Connection connection;
    private final TenantId tenant;
    private final Statements statements;
    private final Lanes lanes;

    PostgresProjectionTransaction(Connection connection, TenantId tenant, Statements statements, Lanes lanes) {
        this.connection = connection;
        this.tenant = tenant;
        this.statements = statements;
        this.lanes = lanes;
    }

    @Override
    public TenantId tenant() {
        return tenant;
    }

    @Override
    public <T> T resource(Class<T> type) {
        if (type != Connection.class) {
            throw new IllegalArgumentException(
                    "this transaction has no %s: a projector on PostgreSQL works with resource(java.sql.Connection.class)"
                            .formatted(type.getName()));
        }
        return type.cast(connection);
    }

    @Override
    public void lockLane() {
        run(() -> {
            lanes.lock(connection, List.of(tenant));
            return true;
        });
    }

    @Override
    public void lockPreparation(String projection) {
        call(statements.projections.lockPreparation, statement -> {
            new Parameters(statement).add(projection);
            return statement.execute();
        });
    }

    @Override
    public List<StoredProjection> lock(String projection) {
        return call(statements.projections.lock, statement -> {
            new Parameters(statement).add(tenant.value()).add(projection);
            try (ResultSet rows = statement.executeQuery()) {
                return ProjectionRows.readAll(rows);
            }
        });
    }

    @Override
    public OptionalLong advance(StoredProjection held, Checkpoint to, long handled, Duration lease) {
        boolean leased = !lease.isZero();
        String sql = leased ? statements.projections.advance : statements.projections.advanceWithoutLease;
        return call(sql, statement -> {
            Parameters parameters = new Parameters(statement)
                    .add(to.position().value())
                    .add(to.hash().bytes())
                    .add(handled);
            if (leased) {
                parameters.add(lease.toMillis());
            }
            ProjectionRows.bind(parameters, own(held.key()))
                    .add(held.checkpoint().position().value());
            if (leased) {
                parameters.add(held.leaseToken());
            }
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? OptionalLong.of(row.getLong("parked")) : OptionalLong.empty();
            }
        });
    }

    @Override
    public void save(StoredProjection projection) {
        own(projection.key());
        call(statements.projections.save, statement -> {
            ProjectionRows.bind(new Parameters(statement), projection);
            return statement.executeUpdate();
        });
    }

    @Override
    public void delete(ProjectionKey key) {
        call(statements.projections.delete, statement -> {
            ProjectionRows.bind(ProjectionRows.bind(new Parameters(statement), own(key)), key);
            return statement.executeUpdate();
        });
    }

    @Override
    public Set<StreamId> parkedStreams(ProjectionKey key, Collection<StreamId> streams) {
        if (streams.isEmpty()) {
            return Set.of();
        }
        return call(statements.projections.parkedStreams, statement -> {
            Parameters parameters = new Parameters(statement)
                    .addTexts(streams.stream().map(StreamId::category).toList())
                    .addTexts(streams.stream()
                            .map(stream -> stream.aggregateId().value())
                            .toList());
            ProjectionRows.bind(parameters, own(key));
            Set<StreamId> found = new HashSet<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(ProjectionRows.stream(rows));
                }
            }
            return found;
        });
    }

    @Override
    public void park(ProjectionKey key, List<ParkedEvent> events) {
        call(statements.projections.park, statement -> {
            Parameters parameters = ProjectionRows.bind(new Parameters(statement), own(key))
                    .addArray(
                            "bigint",
                            events.stream()
                                    .map(event -> event.position().value())
                                    .toArray())
                    .addTexts(events.stream()
                            .map(event -> event.stream().category())
                            .toList())
                    .addTexts(events.stream()
                            .map(event -> event.stream().aggregateId().value())
                            .toList())
                    .addTexts(events.stream()
                            .map(event -> ProjectionRows.storable(event.error()))
                            .toList())
                    .addArray(
                            "timestamptz",
                            events.stream()
                                    .map(event -> Parameters.utc(event.parkedAt()))
                                    .toArray());
            ProjectionRows.bind(parameters, key);
            return statement.executeUpdate();
        });
    }

    @Override
    public List<ParkedEvent> parked(ProjectionKey key, StreamId stream, int limit) {
        return call(statements.projections.parkedOfOneStream, statement -> {
            ProjectionRows.bind(new Parameters(statement), own(key))
                    .add(stream.category())
                    .add(stream.aggregateId().value())
                    .add(limit);
            try (ResultSet rows = statement.executeQuery()) {
                return ProjectionRows.readParked(rows);
            }
        });
    }

    @Override
    public void unpark(ProjectionKey key, Position position) {
        call(statements.projections.unpark, statement -> {
            Parameters parameters =
                    ProjectionRows.bind(new Parameters(statement), own(key)).add(position.value());
            ProjectionRows.bind(parameters, key);
            return statement.executeUpdate();
        });
    }

    @Override
    public List<ReadModelDifference> compare(Set<String> tables, String liveSlot, String otherSlot, int limit) {
        return run(() -> new ReadModelComparison(connection, tenant).differences(tables, liveSlot, otherSlot, limit));
    }

    @Override
    public Instant now() {
        return call(statements.projections.now, statement -> {
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return EventRows.instant(row, "now");
            }
        });
    }

    /** Returns the key, which must be of this transaction's tenant: tenants are walls. */
    private ProjectionKey own(ProjectionKey key) {
        if (!key.tenant().equals(tenant)) {
            throw new IllegalArgumentException(
                    "the transaction is about tenant %s, the projection belongs to %s".formatted(tenant, key.tenant()));
        }
        return key;
    }

    private <T> T call(String sql, StatementWork<T> work) {
        return run(() -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                return work.on(statement);
            }
        });
    }

    private <T> T run(Sql<T> sql) {
        try {
            return sql.run();
        } catch (SQLException e) {
            throw SqlFailures.translated(e, tenant, statements.schema);
        }
    }

    @FunctionalInterface
    private interface Sql<T> {
        T run() throws SQLException;
    }

    @FunctionalInterface
    private interface StatementWork<T> {
        T on(PreparedStatement statement) throws SQLException;
    }
}
