package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.AggregateId;
import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Reads rows of the table {@code events}; the columns stand here once, in this order. */
final class EventRows {

    static final String COLUMNS = """
            e.position,
                e.version,
                e.occurred_at,
                e.recorded_at,
                e.schema_version,
                e.event_id,
                e.stream_category,
                e.stream_id,
                e.event_type,
                e.hash,
                e.payload,
                e.metadata""";

    private EventRows() {}

    static List<StoredEvent> readAll(ResultSet rows, TenantId tenant) throws SQLException {
        List<StoredEvent> events = new ArrayList<>();
        while (rows.next()) {
            events.add(read(rows, tenant));
        }
        return events;
    }

    static StoredEvent read(ResultSet row, TenantId tenant) throws SQLException {
        return new StoredEvent(
                tenant,
                Position.of(row.getLong(1)),
                new StreamId(row.getString(7), new AggregateId(row.getString(8))),
                EventVersion.of(row.getLong(2)),
                new EventId(row.getObject(6, UUID.class)),
                new EventType(row.getString(9), row.getInt(5)),
                // The driver gives the bytes of a json column as they came, UTF-8, without making a String of them.
                row.getBytes(11),
                row.getBytes(12),
                instant(row, 3),
                instant(row, 4),
                EventHash.of(row.getBytes(10)));
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
