package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.jdbc.schema.SchemaName;

/** Every statement about snapshots and statistics, with the schema's name put in once. */
final class StateStatements {

    private static final String SAVE = """
            INSERT INTO ${schema}.snapshots (
                tenant_id,
                stream_category,
                stream_id,
                fold,
                schema_version,
                version,
                event_hash,
                recorded_at,
                latest_occurred_at,
                created_at,
                checksum,
                state
            )
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (tenant_id, stream_category, stream_id, fold, schema_version, version) DO UPDATE
            SET
                event_hash = excluded.event_hash,
                recorded_at = excluded.recorded_at,
                latest_occurred_at = excluded.latest_occurred_at,
                created_at = excluded.created_at,
                checksum = excluded.checksum,
                state = excluded.state
            """;

    private static final String FIND = """
            SELECT
                s.version,
                s.event_hash,
                s.recorded_at,
                s.latest_occurred_at,
                s.created_at,
                s.checksum,
                s.state
            FROM ${schema}.snapshots s
            WHERE s.tenant_id = ?
              AND s.stream_category = ?
              AND s.stream_id = ?
              AND s.fold = ?
              AND s.schema_version = ?
              AND s.version <= ?
              AND s.recorded_at <= ?
              AND s.latest_occurred_at <= ?
            ORDER BY s.version DESC
            LIMIT 1
            """;

    private static final String LIST = """
            SELECT
                s.version,
                s.fold,
                s.schema_version,
                octet_length(s.state) AS size_bytes,
                s.created_at
            FROM ${schema}.snapshots s
            WHERE s.tenant_id = ?
              AND s.stream_category = ?
              AND s.stream_id = ?
            ORDER BY s.fold, s.schema_version, s.version DESC
            """;

    private static final String DELETE = """
            DELETE FROM ${schema}.snapshots s
            WHERE s.tenant_id = ?
              AND s.stream_category = ?
              AND s.stream_id = ?
              AND s.fold = ?
              AND s.schema_version = ?
              AND s.version = ?
            """;

    private static final String DELETE_OLD = """
            WITH old AS (
                SELECT
                    r.tenant_id,
                    r.stream_category,
                    r.stream_id,
                    r.fold,
                    r.schema_version,
                    r.version,
                    row_number() OVER (
                        PARTITION BY r.stream_category, r.stream_id, r.fold, r.schema_version
                        ORDER BY r.version DESC) AS place
                FROM ${schema}.snapshots r
                WHERE r.tenant_id = ?
            )
            DELETE FROM ${schema}.snapshots s
            USING old o
            WHERE s.tenant_id = ?
              AND s.created_at < ?
              AND o.place > ?
              AND s.tenant_id = o.tenant_id
              AND s.stream_category = o.stream_category
              AND s.stream_id = o.stream_id
              AND s.fold = o.fold
              AND s.schema_version = o.schema_version
              AND s.version = o.version
            """;

    private static final String COUNT = "SELECT ${schema}.count_events_v1(?, ?)";

    private static final String NEEDING = """
            SELECT k.stream_id
            FROM ${schema}.streams k
            WHERE k.tenant_id = ?
              AND k.stream_category = ?
              AND k.version >= ?
              AND k.version - coalesce((
                    SELECT s.version
                    FROM ${schema}.snapshots s
                    WHERE s.tenant_id = k.tenant_id
                      AND s.stream_category = k.stream_category
                      AND s.stream_id = k.stream_id
                      AND s.fold = ?
                      AND s.schema_version = ?
                    ORDER BY s.version DESC
                    LIMIT 1), 0) >= ?
            ORDER BY k.version DESC
            LIMIT ?
            """;

    private static final String TENANT = """
            SELECT
                t.head,
                t.last_minute,
                t.last_hour,
                t.counted,
                t.bytes,
                t.streams,
                t.lengths
            FROM ${schema}.tenant_statistics_v1(?, ?) t
            """;

    /** The first and the last event by the stream's own index; the size as it was counted. */
    private static final String STREAM = """
            SELECT
                l.version,
                l.recorded_at AS latest_at,
                f.recorded_at AS first_at,
                k.bytes,
                k.version AS counted
            FROM (
                SELECT e.version, e.recorded_at
                FROM ${schema}.events e
                WHERE e.tenant_id = ?
                  AND e.stream_category = ?
                  AND e.stream_id = ?
                ORDER BY e.version DESC
                LIMIT 1
            ) l
            CROSS JOIN LATERAL (
                SELECT e.recorded_at
                FROM ${schema}.events e
                WHERE e.tenant_id = ?
                  AND e.stream_category = ?
                  AND e.stream_id = ?
                ORDER BY e.version
                LIMIT 1
            ) f
            LEFT JOIN ${schema}.streams k
                ON k.tenant_id = ?
                AND k.stream_category = ?
                AND k.stream_id = ?
            """;

    final String save;
    final String find;
    final String list;
    final String delete;
    final String deleteOld;
    final String count;
    final String needing;
    final String tenant;
    final String stream;

    StateStatements(SchemaName schema) {
        save = in(schema, SAVE);
        find = in(schema, FIND);
        list = in(schema, LIST);
        delete = in(schema, DELETE);
        deleteOld = in(schema, DELETE_OLD);
        count = in(schema, COUNT);
        needing = in(schema, NEEDING);
        tenant = in(schema, TENANT);
        stream = in(schema, STREAM);
    }

    private static String in(SchemaName schema, String sql) {
        return sql.replace("${schema}", schema.value());
    }
}
