package io.nexus.eventstream.benchmarks;

import com.github.f4b6a3.ulid.UlidCreator;
import io.nexus.eventstream.benchmarks.BenchmarkDatabase.AccountDebited;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;
import tools.jackson.databind.json.JsonMapper;

/**
 * The raw database: the statements that write and read the same rows in the table {@code raw.events}, of the same shape with
 * the same indexes, and nothing else. No lane, no check of versions beyond the unique index, no hash chain: its hashes are
 * zeros, and its positions come from a sequence, which is cheaper and has gaps.
 *
 * <p>All is done as a careful program would: statements are prepared and kept by the driver, JSON is written by the same Jackson,
 * and event ids are ULIDs from the same generator.
 */
final class RawLog {

    private static final String COLUMNS =
            "version, occurred_at, recorded_at, schema_version, event_id, tenant_id, stream_category, stream_id, event_type, hash, payload, metadata";

    private static final String INSERT = """
            INSERT INTO raw.events (${columns})
            VALUES (?, now(), now(), 1, ?, ?, 'account', ?, 'account-debited', ?, ?::json, '{}')
            """.replace("${columns}", COLUMNS);

    private static final String INSERT_ALL = """
            INSERT INTO raw.events (${columns})
            SELECT
                g.version, now(), now(), 1, g.event_id, ?, 'account', ?, 'account-debited', ?, g.payload::json, '{}'
            FROM unnest(?::uuid[], ?::text[]) WITH ORDINALITY AS g (event_id, payload, version)
            """.replace("${columns}", COLUMNS);

    private static final String COPY = "COPY raw.events (%s) FROM STDIN".formatted(COLUMNS);

    private static final byte[] HASH = new byte[32];
    private static final String HASH_IN_COPY = "\\\\x" + "00".repeat(HASH.length);

    /** The twelve columns that the library reads. */
    static final String READ_COLUMNS = """
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

    /** A row of these columns, each by its getter; the payload as an object or as bytes. */
    record RawEvent(
            long position,
            long version,
            OffsetDateTime occurredAt,
            OffsetDateTime recordedAt,
            int schemaVersion,
            UUID id,
            String category,
            String stream,
            String type,
            ByteBuffer hash,
            Object payload,
            ByteBuffer metadata) {}

    private static final String SELECT = """
            SELECT
                ${columns}
            FROM raw.events e
            WHERE e.tenant_id = ?
              AND e.stream_category = 'account'
              AND e.stream_id = ?
            ORDER BY e.version
            """.replace("${columns}", READ_COLUMNS);

    private final JsonMapper mapper = BenchmarkDatabase.mapper();

    /** Inserts one event. */
    int insert(Connection connection, String tenant, String stream, long version, AccountDebited event)
            throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setLong(1, version);
            insert.setObject(2, id());
            insert.setString(3, tenant);
            insert.setString(4, stream);
            insert.setBytes(5, HASH);
            insert.setString(6, mapper.writeValueAsString(event));
            return insert.executeUpdate();
        }
    }

    /** Inserts the events of a new stream by one statement of many rows. */
    int insertAll(Connection connection, String tenant, String stream, List<AccountDebited> events)
            throws SQLException {
        UUID[] ids = new UUID[events.size()];
        String[] payloads = new String[events.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = id();
            payloads[i] = mapper.writeValueAsString(events.get(i));
        }
        try (PreparedStatement insert = connection.prepareStatement(INSERT_ALL)) {
            insert.setString(1, tenant);
            insert.setString(2, stream);
            insert.setBytes(3, HASH);
            insert.setArray(4, connection.createArrayOf("uuid", ids));
            insert.setArray(5, connection.createArrayOf("text", payloads));
            return insert.executeUpdate();
        }
    }

    /** Writes the events of a new stream by COPY. */
    long copy(Connection connection, String tenant, String stream, List<AccountDebited> events) throws SQLException {
        String now = Instant.now().toString();
        StringBuilder rows = new StringBuilder(events.size() * 300);
        long version = 0;
        for (AccountDebited event : events) {
            rows.append(++version)
                    .append('\t')
                    .append(now)
                    .append('\t')
                    .append(now)
                    .append("\t1\t");
            rows.append(id()).append('\t').append(tenant).append("\taccount\t").append(stream);
            rows.append("\taccount-debited\t").append(HASH_IN_COPY).append('\t');
            // No character of these payloads means anything to COPY but a backslash.
            rows.append(mapper.writeValueAsString(event).replace("\\", "\\\\")).append("\t{}\n");
        }
        try {
            return connection.unwrap(PGConnection.class).getCopyAPI().copyIn(COPY, new StringReader(rows.toString()));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Reads a stream, decoded, and returns how many events it has. */
    int read(Connection connection, String tenant, String stream, Consumer<RawEvent> events) throws SQLException {
        int read = 0;
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setString(1, tenant);
            select.setString(2, stream);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    events.accept(decoded(rows));
                    read++;
                }
            }
        }
        return read;
    }

    /** Reads the current row, its payload decoded. */
    RawEvent decoded(ResultSet row) throws SQLException {
        return event(row, mapper.readValue(row.getBytes(11), AccountDebited.class));
    }

    /** Reads the current row, its payload left as it is. */
    RawEvent undecoded(ResultSet row) throws SQLException {
        return event(row, row.getBytes(11));
    }

    private static RawEvent event(ResultSet row, Object payload) throws SQLException {
        return new RawEvent(
                row.getLong(1),
                row.getLong(2),
                row.getObject(3, OffsetDateTime.class),
                row.getObject(4, OffsetDateTime.class),
                row.getInt(5),
                row.getObject(6, UUID.class),
                row.getString(7),
                row.getString(8),
                row.getString(9),
                ByteBuffer.wrap(row.getBytes(10)),
                payload,
                ByteBuffer.wrap(row.getBytes(12)));
    }

    /**
     * Has a statement that is executed a few times only get binary values from its first execution on, as statements that are
     * executed more often get them after a while.
     */
    static PreparedStatement binary(PreparedStatement statement) throws SQLException {
        statement.unwrap(PGStatement.class).setPrepareThreshold(-1);
        return statement;
    }

    private static UUID id() {
        return UlidCreator.getMonotonicUlid().toUuid();
    }
}
