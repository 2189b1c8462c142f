package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.jdbc.schema.SchemaName;

/** Every statement about projections, with the schema's name put in once. */
final class ProjectionStatements {

    private static final String BY_KEY = """
            p.tenant_id = ?
              AND p.projection = ?
              AND p.slot = ?
              AND p.part = ?""";

    /** With {@code lease_token}, so that whoever was overtaken while it was away changes nothing. */
    private static final String ADVANCE = """
            UPDATE ${schema}.projections p
            SET
                checkpoint = ?,
                checkpoint_hash = ?,
                handled = p.handled + ?,
                lease_until = ${schema}.clock() + ?::bigint * interval '1 millisecond',
                updated_at = ${schema}.clock()
            WHERE ${key}
              AND p.checkpoint = ?
              AND p.state = 'running'
              AND p.lease_token = ?
            RETURNING p.parked
            """;

    private static final String ADVANCE_WITHOUT_LEASE = """
            UPDATE ${schema}.projections p
            SET
                checkpoint = ?,
                checkpoint_hash = ?,
                handled = p.handled + ?,
                updated_at = ${schema}.clock()
            WHERE ${key}
              AND p.checkpoint = ?
              AND p.state = 'running'
            RETURNING p.parked
            """;

    private static final String SAVE = """
            INSERT INTO ${schema}.projections (
                tenant_id,
                projection,
                slot,
                part,
                parts,
                version,
                role,
                state,
                inline,
                compared,
                checkpoint,
                checkpoint_hash,
                replay_until,
                handled,
                parked,
                failed_position,
                error,
                stack_trace,
                failed_at,
                lease_token,
                lease_owner,
                lease_until,
                created_at,
                updated_at
            )
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${schema}.clock(), ${schema}.clock())
            ON CONFLICT (tenant_id, projection, slot, part) DO UPDATE
            SET
                parts = excluded.parts,
                version = excluded.version,
                role = excluded.role,
                state = excluded.state,
                inline = excluded.inline,
                compared = excluded.compared,
                checkpoint = excluded.checkpoint,
                checkpoint_hash = excluded.checkpoint_hash,
                replay_until = excluded.replay_until,
                handled = excluded.handled,
                parked = excluded.parked,
                failed_position = excluded.failed_position,
                error = excluded.error,
                stack_trace = excluded.stack_trace,
                failed_at = excluded.failed_at,
                lease_token = excluded.lease_token,
                lease_owner = excluded.lease_owner,
                lease_until = excluded.lease_until,
                updated_at = excluded.updated_at
            """;

    private static final String DELETE = """
            WITH put_aside AS (
                DELETE FROM ${schema}.parked_events p
                WHERE ${key}
            )
            DELETE FROM ${schema}.projections p
            WHERE ${key}
            """;

    private static final String LOCK = """
            SELECT
                ${columns}
            FROM ${schema}.projections p
            WHERE p.tenant_id = ?
              AND p.projection = ?
            ORDER BY p.slot, p.part
            FOR UPDATE
            """;

    private static final String FIND = """
            SELECT
                ${columns}
            FROM ${schema}.projections p
            WHERE p.tenant_id = ?
              AND p.projection = ?
            ORDER BY p.slot, p.part
            """;

    private static final String NAMES = """
            SELECT DISTINCT p.projection
            FROM ${schema}.projections p
            WHERE p.tenant_id = ?
            ORDER BY p.projection
            """;

    /** Passes over a row that somebody has locked: whoever is at work on a projection has it, lease or not. */
    private static final String ACQUIRE = """
            WITH free AS (
                SELECT
                    p.tenant_id,
                    p.projection,
                    p.slot,
                    p.part
                FROM ${schema}.projections p
                WHERE ${key}
                  AND p.state = 'running'
                  AND (p.lease_until IS NULL OR p.lease_until <= ${schema}.clock() OR p.lease_owner = ?)
                FOR UPDATE SKIP LOCKED
            )
            UPDATE ${schema}.projections p
            SET
                lease_token = p.lease_token + 1,
                lease_owner = ?,
                lease_until = ${schema}.clock() + ?::bigint * interval '1 millisecond',
                updated_at = ${schema}.clock()
            FROM free
            WHERE p.tenant_id = free.tenant_id
              AND p.projection = free.projection
              AND p.slot = free.slot
              AND p.part = free.part
            RETURNING
                ${columns}
            """;

    private static final String RELEASE = """
            UPDATE ${schema}.projections p
            SET
                lease_owner = NULL,
                lease_until = NULL
            WHERE ${key}
              AND p.lease_token = ?
            """;

    private static final String DUE_OF_ONE_TENANT = """
            SELECT
                d.tenant,
                d.name,
                d.head,
                ${build_columns}
            FROM ${schema}.due_of_tenant_v1(?, ?, ?, ?) d
            ORDER BY d.since, d.name, (d.build).slot, (d.build).part
            LIMIT ?
            """;

    private static final String DUE = """
            SELECT
                d.tenant,
                d.name,
                d.head,
                ${build_columns}
            FROM ${schema}.due_v1(?, ?, ?, ?) d
            """;

    private static final String HEADS = """
            SELECT
                h.tenant,
                h.head
            FROM ${schema}.heads_v1() h
            """;

    private static final String HASH_AT = """
            SELECT e.hash
            FROM ${schema}.events e
            WHERE e.tenant_id = ?
              AND e.position = ?
            """;

    private static final String RECORDED_AFTER = """
            SELECT e.recorded_at
            FROM ${schema}.events e
            WHERE e.tenant_id = ?
              AND e.position > ?
            ORDER BY e.position
            LIMIT 1
            """;

    private static final String PARKED = """
            SELECT
                p.position,
                p.stream_category,
                p.stream_id,
                p.error,
                p.parked_at
            FROM ${schema}.parked_events p
            WHERE ${key}
              ${stream}
            ORDER BY p.position
            LIMIT ?
            """;

    private static final String PARKED_STREAMS = """
            SELECT
                s.stream_category,
                s.stream_id
            FROM unnest(?::text[], ?::text[]) AS s (stream_category, stream_id)
            WHERE EXISTS (
                SELECT FROM ${schema}.parked_events p
                WHERE ${key}
                  AND p.stream_category = s.stream_category
                  AND p.stream_id = s.stream_id
            )
            """;

    private static final String PARK = """
            WITH put_aside AS (
                INSERT INTO ${schema}.parked_events (
                    tenant_id,
                    projection,
                    slot,
                    part,
                    position,
                    stream_category,
                    stream_id,
                    error,
                    parked_at
                )
                SELECT ?, ?, ?, ?, e.position, e.stream_category, e.stream_id, e.error, e.parked_at
                FROM unnest(?::bigint[], ?::text[], ?::text[], ?::text[], ?::timestamptz[])
                    AS e (position, stream_category, stream_id, error, parked_at)
                RETURNING position
            )
            UPDATE ${schema}.projections p
            SET parked = p.parked + (SELECT count(*) FROM put_aside)
            WHERE ${key}
            """;

    private static final String UNPARK = """
            WITH taken_back AS (
                DELETE FROM ${schema}.parked_events p
                WHERE ${key}
                  AND p.position = ?
                RETURNING p.position
            )
            UPDATE ${schema}.projections p
            SET parked = p.parked - (SELECT count(*) FROM taken_back)
            WHERE ${key}
            """;

    /** A namespace of its own for the number of the name; equal numbers of two names cost a wait and nothing else. */
    private static final String LOCK_PREPARATION =
            "SELECT pg_advisory_xact_lock('${schema}.projections'::regclass::oid::integer, hashtext(?))";

    private static final String NOW = "SELECT ${schema}.clock() AS now";

    private static final String BLOCKERS = """
            SELECT
                b.pid,
                b.name,
                b.age_ms,
                b.state,
                b.query
            FROM ${schema}.projection_blockers_v1(?, ?, ?, ?::integer) b
            """;

    final String advance;
    final String advanceWithoutLease;
    final String save;
    final String delete;
    final String lock;
    final String find;
    final String names;
    final String acquire;
    final String release;
    final String due;
    final String dueOfOneTenant;
    final String heads;
    final String hashAt;
    final String recordedAfter;
    final String parked;
    final String parkedOfOneStream;
    final String parkedStreams;
    final String park;
    final String unpark;
    final String lockPreparation;
    final String now;
    final String blockers;

    ProjectionStatements(SchemaName schema) {
        advance = in(schema, ADVANCE);
        advanceWithoutLease = in(schema, ADVANCE_WITHOUT_LEASE);
        save = in(schema, SAVE);
        delete = in(schema, DELETE);
        lock = in(schema, LOCK);
        find = in(schema, FIND);
        names = in(schema, NAMES);
        acquire = in(schema, ACQUIRE);
        release = in(schema, RELEASE);
        due = in(schema, DUE);
        dueOfOneTenant = in(schema, DUE_OF_ONE_TENANT);
        heads = in(schema, HEADS);
        hashAt = in(schema, HASH_AT);
        recordedAfter = in(schema, RECORDED_AFTER);
        parked = in(schema, PARKED.replace("${stream}", ""));
        parkedOfOneStream =
                in(schema, PARKED.replace("${stream}", "AND p.stream_category = ?\n              AND p.stream_id = ?"));
        parkedStreams = in(schema, PARKED_STREAMS);
        park = in(schema, PARK);
        unpark = in(schema, UNPARK);
        lockPreparation = in(schema, LOCK_PREPARATION);
        now = in(schema, NOW);
        blockers = in(schema, BLOCKERS);
    }

    private static String in(SchemaName schema, String sql) {
        return sql.replace("${key}", BY_KEY)
                .replace("${schema}", schema.value())
                .replace("${columns}", ProjectionRows.COLUMNS)
                .replace("${build_columns}", ProjectionRows.COLUMNS.replace("p.", "(d.build)."));
    }
}
