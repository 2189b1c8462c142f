package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.jdbc.schema.SchemaName;

/** Every statement that the store sends, with the schema's name put in once. */
final class Statements {

    private static final String OUTCOME = """
            SELECT
                a.outcome,
                a.appended_at,
                a.first_position,
                a.base_versions,
                a.positions,
                a.versions,
                a.stream_index,
                a.actual_version,
                a.mismatched,
                a.reason,
                a.database_time,
                a.other_time,
                a.lane_waited_us
            """;

    private static final String APPEND = OUTCOME + """
            FROM ${schema}.append_v1(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::int, ?, ?) a
            """;

    private static final String APPEND_ONE = OUTCOME + """
            FROM ${schema}.append_one_v1(?, ?, ?, ?, ?, ?, ?::int, ?, ?, ?, ?, ?, ?::int, ?, ?) a
            """;

    private static final String APPEND_BATCH = """
            SELECT
                b.outcomes,
                b.appended_at,
                b.first_positions,
                b.base_versions,
                b.conflicts,
                b.lane_waited_us
            FROM ${schema}.append_batch_v1(
                ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::int, ?) b
            """;

    private static final String CREATE_TENANT = "SELECT ${schema}.create_tenant_v1(?)";

    private static final String VERSION = """
            SELECT e.version
            FROM ${schema}.events e
            WHERE e.tenant_id = ?
              AND e.stream_category = ?
              AND e.stream_id = ?
            ORDER BY e.version DESC
            LIMIT 1
            """;

    private static final String HEAD = """
            SELECT
                e.position,
                e.recorded_at,
                e.hash
            FROM ${schema}.events e
            WHERE e.tenant_id = ?
            ORDER BY e.position DESC
            LIMIT 1
            """;

    /** The id as a range and in order, so that only its own index fits, whatever the statistics say. */
    private static final String FIND = """
            SELECT
                ${columns}
            FROM ${schema}.events e
            WHERE e.tenant_id = ?
              AND e.event_id >= ?
              AND e.event_id <= ?
            ORDER BY e.event_id
            LIMIT 1
            """;

    private static final String POSITION_AT = """
            SELECT
                p.outcome,
                p.final_position
            FROM ${schema}.position_at_v1(?, ?, ?::int, ?) p
            """;

    private static final String VERSION_AT = "SELECT ${schema}.version_at_v1(?, ?, ?, ?)";

    private static final String LOCK_LANES = """
            SELECT
                l.outcome,
                l.tenant
            FROM ${schema}.lock_lanes_v1(?, ?::int) l
            """;

    private static final String LANE_HOLDERS = """
            SELECT
                h.pid,
                h.name,
                h.age_ms,
                h.state,
                h.query
            FROM ${schema}.lane_holders_v1(?) h
            """;

    final SchemaName schema;
    final String append;
    final String appendOne;
    final String appendBatch;
    final String createTenant;
    final String version;
    final String head;
    final String find;
    final String positionAt;
    final String versionAt;
    final String lockLanes;
    final String laneHolders;
    final ReadStatements reads;
    final ProjectionStatements projections;
    final StateStatements states;
    final ProofStatements proofs;
    final TenantWall wall;

    Statements(SchemaName schema, boolean rowSecurity) {
        this.schema = schema;
        wall = new TenantWall(schema, rowSecurity);
        append = in(APPEND);
        appendOne = in(APPEND_ONE);
        appendBatch = in(APPEND_BATCH);
        createTenant = in(CREATE_TENANT);
        version = in(VERSION);
        head = in(HEAD);
        find = in(FIND);
        positionAt = in(POSITION_AT);
        versionAt = in(VERSION_AT);
        lockLanes = in(LOCK_LANES);
        laneHolders = in(LANE_HOLDERS);
        reads = new ReadStatements(schema);
        projections = new ProjectionStatements(schema);
        states = new StateStatements(schema);
        proofs = new ProofStatements(schema);
    }

    private String in(String sql) {
        return sql.replace("${schema}", schema.value()).replace("${columns}", EventRows.COLUMNS);
    }
}
