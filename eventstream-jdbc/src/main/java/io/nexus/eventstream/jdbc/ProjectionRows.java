package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.AggregateId;
import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.projection.ParkedEvent;
import io.nexus.eventstream.projection.ProjectionFailure;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.projection.SlotRole;
import io.nexus.eventstream.spi.Checkpoint;
import io.nexus.eventstream.spi.ProjectionKey;
import io.nexus.eventstream.spi.StoredProjection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Binds and reads rows of the tables {@code projections} and {@code parked_events}; the columns stand here once. */
final class ProjectionRows {

    static final String COLUMNS = """
            p.tenant_id,
                p.projection,
                p.slot,
                p.part,
                p.parts,
                p.version,
                p.role,
                p.state,
                p.inline,
                p.compared,
                p.checkpoint,
                p.checkpoint_hash,
                p.replay_until,
                p.handled,
                p.parked,
                p.failed_position,
                p.error,
                p.stack_trace,
                p.failed_at,
                p.lease_token,
                p.lease_owner,
                p.lease_until""";

    private ProjectionRows() {}

    static List<StoredProjection> readAll(ResultSet rows) throws SQLException {
        List<StoredProjection> projections = new ArrayList<>();
        while (rows.next()) {
            projections.add(read(rows));
        }
        return projections;
    }

    static StoredProjection read(ResultSet row) throws SQLException {
        ProjectionKey key = new ProjectionKey(
                TenantId.of(row.getString("tenant_id")),
                row.getString("projection"),
                row.getString("slot"),
                row.getInt("part"));
        return new StoredProjection(
                key,
                row.getInt("parts"),
                row.getInt("version"),
                SlotRole.valueOf(row.getString("role").toUpperCase(Locale.ROOT)),
                ProjectionState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
                row.getBoolean("inline"),
                row.getBoolean("compared"),
                new Checkpoint(Position.of(row.getLong("checkpoint")), EventHash.of(row.getBytes("checkpoint_hash"))),
                Position.of(row.getLong("replay_until")),
                row.getLong("handled"),
                row.getLong("parked"),
                failure(row),
                row.getLong("lease_token"),
                Optional.ofNullable(row.getString("lease_owner")),
                moment(row, "lease_until"));
    }

    private static Optional<ProjectionFailure> failure(ResultSet row) throws SQLException {
        Optional<Instant> failedAt = moment(row, "failed_at");
        return failedAt.isEmpty()
                ? Optional.empty()
                : Optional.of(new ProjectionFailure(
                        Position.of(row.getLong("failed_position")),
                        row.getString("error"),
                        row.getString("stack_trace"),
                        failedAt.get()));
    }

    private static Optional<Instant> moment(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    /** Binds every column of {@link ProjectionStatements#save}, in its order. */
    static void bind(Parameters parameters, StoredProjection projection) throws SQLException {
        Optional<ProjectionFailure> failure = projection.failure();
        bind(parameters, projection.key())
                .add(projection.parts())
                .add(projection.version())
                .add(projection.role().name().toLowerCase(Locale.ROOT))
                .add(projection.state().name().toLowerCase(Locale.ROOT))
                .add(projection.inline())
                .add(projection.compared())
                .add(projection.checkpoint().position().value())
                .add(projection.checkpoint().hash().bytes())
                .add(projection.replayUntil().value())
                .add(projection.handled())
                .add(projection.parked())
                .addNullable(failure.map(each -> each.position().value()))
                .addNullable(failure.map(each -> storable(each.error())))
                .addNullable(failure.map(each -> storable(each.stackTrace())))
                .addNullable(failure.map(ProjectionFailure::failedAt).map(Parameters::utc))
                .add(projection.leaseToken())
                .addNullable(projection.leaseOwner())
                .addNullable(projection.leaseUntil().map(Parameters::utc));
    }

    static Parameters bind(Parameters parameters, ProjectionKey key) throws SQLException {
        return parameters
                .add(key.tenant().value())
                .add(key.projection())
                .add(key.slot())
                .add(key.part());
    }

    static List<ParkedEvent> readParked(ResultSet rows) throws SQLException {
        List<ParkedEvent> events = new ArrayList<>();
        while (rows.next()) {
            events.add(new ParkedEvent(
                    Position.of(rows.getLong("position")),
                    stream(rows),
                    rows.getString("error"),
                    EventRows.instant(rows, "parked_at")));
        }
        return events;
    }

    static StreamId stream(ResultSet row) throws SQLException {
        return new StreamId(row.getString("stream_category"), new AggregateId(row.getString("stream_id")));
    }

    /** Returns the text without what PostgreSQL cannot keep; the messages of exceptions may hold anything. */
    static String storable(String text) {
        return text.replace("\0", "");
    }
}
