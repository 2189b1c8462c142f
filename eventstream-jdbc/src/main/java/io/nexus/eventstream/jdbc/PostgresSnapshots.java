package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.snapshot.Snapshot;
import io.nexus.eventstream.snapshot.SnapshotInfo;
import io.nexus.eventstream.snapshot.SnapshotRepository;
import io.nexus.eventstream.spi.StatisticsStorage;
import io.nexus.eventstream.statistics.StreamLengths;
import io.nexus.eventstream.statistics.StreamStatistics;
import io.nexus.eventstream.statistics.TenantStatistics;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Snapshots and numbers in PostgreSQL, each call one statement that commits by itself. Thread-safe. */
final class PostgresSnapshots implements SnapshotRepository, StatisticsStorage {

    /** What one question may cost: counting so many events takes a fraction of a second. */
    private static final long COUNTED_AT_ONCE = 100_000;

    /** The job that looks for streams counts on, up to so many times as many. */
    private static final int MOST_COUNTS = 100;

    private static final Instant END_OF_TIME = Instant.parse("9999-12-31T23:59:59.999999Z");

    private final OwnConnections connections;
    private final Statements statements;
    private final StateStatements sql;

    PostgresSnapshots(OwnConnections connections, Statements statements) {
        this.connections = connections;
        this.statements = statements;
        this.sql = statements.states;
    }

    @Override
    public boolean save(Snapshot snapshot) {
        return call(snapshot.tenant(), sql.save, statement -> {
            key(statement, snapshot.tenant(), snapshot.stream())
                    .add(snapshot.foldName())
                    .add(snapshot.schemaVersion())
                    .add(snapshot.version().value())
                    .add(snapshot.eventHash().bytes())
                    .add(snapshot.recordedAt())
                    .add(snapshot.latestOccurredAt())
                    .add(snapshot.createdAt())
                    .add(snapshot.checksum())
                    .add(snapshot.state());
            return statement.update() == 1;
        });
    }

    @Override
    public Optional<Snapshot> find(TenantId tenant, StreamId stream, String foldName, int schemaVersion, AsOf asOf) {
        return call(tenant, sql.find, statement -> {
            key(statement, tenant, stream)
                    .add(foldName)
                    .add(schemaVersion)
                    .add(asOf.version().map(EventVersion::value).orElse(Long.MAX_VALUE))
                    .add(asOf.recorded().orElse(END_OF_TIME))
                    .add(asOf.occurred().orElse(END_OF_TIME));
            try (ResultSet row = statement.query()) {
                return row.next()
                        ? Optional.of(new Snapshot(
                                tenant,
                                stream,
                                EventVersion.of(row.getLong("version")),
                                foldName,
                                schemaVersion,
                                EventHash.of(row.getBytes("event_hash")),
                                EventRows.instant(row, "recorded_at"),
                                EventRows.instant(row, "latest_occurred_at"),
                                row.getString("state"),
                                row.getString("checksum"),
                                EventRows.instant(row, "created_at")))
                        : Optional.empty();
            }
        });
    }

    @Override
    public List<SnapshotInfo> list(TenantId tenant, StreamId stream) {
        return call(tenant, sql.list, statement -> {
            key(statement, tenant, stream);
            List<SnapshotInfo> snapshots = new ArrayList<>();
            try (ResultSet rows = statement.query()) {
                while (rows.next()) {
                    snapshots.add(new SnapshotInfo(
                            stream,
                            EventVersion.of(rows.getLong("version")),
                            rows.getString("fold"),
                            rows.getInt("schema_version"),
                            rows.getLong("size_bytes"),
                            EventRows.instant(rows, "created_at")));
                }
            }
            return snapshots;
        });
    }

    @Override
    public boolean delete(TenantId tenant, SnapshotInfo snapshot) {
        return call(tenant, sql.delete, statement -> {
                    key(statement, tenant, snapshot.stream())
                            .add(snapshot.foldName())
                            .add(snapshot.schemaVersion())
                            .add(snapshot.version().value());
                    return statement.update();
                })
                > 0;
    }

    @Override
    public int deleteOlderThan(TenantId tenant, Instant moment, int keepNewest) {
        return call(tenant, sql.deleteOld, statement -> {
            statement
                    .parameters()
                    .add(tenant.value())
                    .add(tenant.value())
                    .add(moment)
                    .add(keepNewest);
            return statement.update();
        });
    }

    @Override
    public List<StreamId> findStreamsNeedingSnapshots(
            TenantId tenant, String category, String foldName, int schemaVersion, long threshold, int limit) {
        for (int counts = 0; counts < MOST_COUNTS && count(tenant); counts++) {
            // Each is a transaction of its own, so that one node does not keep another from counting for long.
        }
        return call(tenant, sql.needing, statement -> {
            statement
                    .parameters()
                    .add(tenant.value())
                    .add(category)
                    .add(threshold)
                    .add(foldName)
                    .add(schemaVersion)
                    .add(threshold)
                    .add(limit);
            List<StreamId> streams = new ArrayList<>();
            try (ResultSet rows = statement.query()) {
                while (rows.next()) {
                    streams.add(StreamId.of(category, rows.getString("stream_id")));
                }
            }
            return streams;
        });
    }

    @Override
    public TenantStatistics tenant(TenantId tenant) {
        return call(tenant, sql.tenant, statement -> {
            statement.parameters().add(tenant.value()).add(COUNTED_AT_ONCE);
            try (ResultSet row = statement.query()) {
                row.next();
                return new TenantStatistics(
                        Position.of(row.getLong("head")),
                        row.getLong("last_minute"),
                        row.getLong("last_hour"),
                        Position.of(row.getLong("counted")),
                        row.getLong("bytes"),
                        row.getLong("streams"),
                        lengths(row.getArray("lengths")));
            }
        });
    }

    @Override
    public StreamStatistics stream(TenantId tenant, StreamId stream) {
        count(tenant);
        return call(tenant, sql.stream, statement -> {
            Parameters parameters = key(statement, tenant, stream);
            key(key(parameters, tenant, stream), tenant, stream);
            try (ResultSet row = statement.query()) {
                return row.next()
                        ? new StreamStatistics(
                                stream,
                                EventVersion.of(row.getLong("version")),
                                row.getLong("bytes"),
                                row.getLong("counted"),
                                Optional.of(EventRows.instant(row, "first_at")),
                                Optional.of(EventRows.instant(row, "latest_at")))
                        : new StreamStatistics(stream, EventVersion.NONE, 0, 0, Optional.empty(), Optional.empty());
            }
        });
    }

    /** Goes on counting; returns whether there is more to count. */
    private boolean count(TenantId tenant) {
        return call(tenant, sql.count, statement -> {
            statement.parameters().add(tenant.value()).add(COUNTED_AT_ONCE);
            try (ResultSet row = statement.query()) {
                return row.next() && row.getBoolean(1);
            }
        });
    }

    private static List<StreamLengths> lengths(Array counts) throws SQLException {
        List<StreamLengths> lengths = new ArrayList<>();
        if (counts != null) {
            long to = 1;
            for (Long streams : (Long[]) counts.getArray()) {
                if (streams > 0) {
                    lengths.add(new StreamLengths(to == 1 ? 1 : to / 10 + 1, to, streams));
                }
                to = to > Long.MAX_VALUE / 10 ? Long.MAX_VALUE : to * 10;
            }
        }
        return lengths;
    }

    private static Parameters key(TenantStatement statement, TenantId tenant, StreamId stream) throws SQLException {
        return key(statement.parameters(), tenant, stream);
    }

    private static Parameters key(Parameters parameters, TenantId tenant, StreamId stream) throws SQLException {
        return parameters
                .add(tenant.value())
                .add(stream.category())
                .add(stream.aggregateId().value());
    }

    private <T> T call(TenantId tenant, String text, StatementWork<T> work) {
        try {
            return connections.call(connection -> {
                try (TenantStatement statement = statements.wall.prepare(connection, tenant, text, true)) {
                    return work.on(statement);
                }
            });
        } catch (SQLException e) {
            throw SqlFailures.translated(e, tenant, statements.schema);
        }
    }

    @FunctionalInterface
    private interface StatementWork<T> {
        T on(TenantStatement statement) throws SQLException;
    }
}
