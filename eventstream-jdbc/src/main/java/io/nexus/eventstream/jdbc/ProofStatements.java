package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.jdbc.schema.SchemaName;

/** Every statement about proofs, with the schema's name put in once. */
final class ProofStatements {

    /**
     * What a link covers comes as the bytes that are hashed: the six numbers in one value, in their binary form. That depends on
     * no setting, and a row of seven byte arrays is cheaper to read than one of twelve values. Where somebody has put a NULL among
     * them, there are numbers that no event has; the row keeps its position.
     */
    private static final String ROW = """
            int8send(e.position) || coalesce(
                    int8send(e.version) || int4send(e.schema_version)
                        || timestamptz_send(e.occurred_at) || timestamptz_send(e.recorded_at) || uuid_send(e.event_id),
                    decode(repeat('7f', 44), 'hex')) AS numbers,
                e.stream_category,
                e.stream_id,
                e.event_type,
                e.payload,
                e.metadata,
                e.hash""";

    private static final String ROWS = """
            SELECT
                ${row}
            FROM ${schema}.events e
            WHERE e.tenant_id = ?
              AND e.position > ?
              AND e.position <= ?
            ORDER BY e.position
            LIMIT ?
            """;

    private static final String NEWEST = """
            SELECT
                ${row}
            FROM ${schema}.events e
            WHERE e.tenant_id = ?
              AND e.position IS NOT NULL
            ORDER BY e.position DESC
            LIMIT 1
            """;

    private static final String SEAL_COLUMNS = """
            s.first_position,
                s.last_position,
                s.link_before,
                s.link,
                s.recorded_at,
                s.sealed_at,
                s.key_id,
                s.previous,
                s.signature""";

    private static final String SEALS = """
            SELECT
                ${seal}
            FROM ${schema}.seals s
            WHERE s.tenant_id = ?
              AND s.last_position > ?
            ORDER BY s.last_position
            LIMIT ?
            """;

    private static final String NEWEST_SEAL = """
            SELECT
                ${seal}
            FROM ${schema}.seals s
            WHERE s.tenant_id = ?
            ORDER BY s.last_position DESC
            LIMIT 1
            """;

    private static final String ADD_SEAL = "SELECT ${schema}.seal_v1(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private static final String IMPORT =
            "SELECT ${schema}.import_events_v1(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::int)";

    final String rows;
    final String newest;
    final String seals;
    final String newestSeal;
    final String addSeal;
    final String importEvents;

    ProofStatements(SchemaName schema) {
        rows = in(schema, ROWS);
        newest = in(schema, NEWEST);
        seals = in(schema, SEALS);
        newestSeal = in(schema, NEWEST_SEAL);
        addSeal = in(schema, ADD_SEAL);
        importEvents = in(schema, IMPORT);
    }

    private static String in(SchemaName schema, String sql) {
        return sql.replace("${row}", ROW).replace("${seal}", SEAL_COLUMNS).replace("${schema}", schema.value());
    }
}
