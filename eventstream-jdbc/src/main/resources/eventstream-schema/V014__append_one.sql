-- A migration waits for other transactions for a bounded time only.
SET LOCAL lock_timeout = '10s';

-- append_v1 for one event to one stream, the most frequent append by far, with scalars in place of arrays. In a transaction of
-- our own it is two statements when all is well: the lane, if it is free, and an INSERT that reads head, version and id as it
-- goes and finds nothing wrong. Whatever else there is to say, append_v1 says.
CREATE FUNCTION ${schema}.append_one_v1(
    p_tenant             text,
    p_stream_category    text,
    p_stream_id          text,
    p_expected_version   bigint,
    p_event_id           uuid,
    p_event_type         text,
    p_schema_version     integer,
    p_payload            bytea,
    p_metadata           bytea,
    p_occurred_at        timestamptz,
    p_caller_time        timestamptz,
    p_clock_tolerance_ms bigint,
    p_lane_wait_ms       integer,
    p_own_transaction    boolean,
    p_synchronous        boolean,
    OUT outcome          text,
    OUT appended_at      timestamptz,
    OUT first_position   bigint,
    OUT base_versions    bigint[],
    OUT positions        bigint[],
    OUT versions         bigint[],
    OUT stream_index     integer,
    OUT actual_version   bigint,
    OUT mismatched       uuid[],
    OUT reason           text,
    OUT database_time    timestamptz,
    OUT other_time       timestamptz,
    OUT lane_waited_us   bigint
)
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET enable_sort = off
SET jit = off
AS $$
DECLARE
    v_start     timestamptz := ${schema}.clock();
    v_tolerance interval := p_clock_tolerance_ms * interval '1 millisecond';
BEGIN
    IF p_own_transaction
        AND coalesce(current_setting('${schema}.tenant', true), '') IN ('', p_tenant)
        AND current_setting('transaction_isolation') NOT IN ('repeatable read', 'serializable')
        AND v_start <= p_caller_time + v_tolerance
        AND v_start >= p_caller_time - v_tolerance
    THEN
        PERFORM 1 FROM ${schema}.tenants t WHERE t.tenant_id = p_tenant FOR NO KEY UPDATE SKIP LOCKED;
        IF FOUND THEN
            IF p_synchronous AND current_setting('synchronous_commit') IN ('off', 'local', 'remote_write') THEN
                PERFORM set_config('synchronous_commit', 'on', true);
            END IF;
            -- A later statement than the lane was taken in, so that what it reads cannot be older.
            INSERT INTO ${schema}.events (
                position, version, occurred_at, recorded_at, schema_version, event_id, tenant_id, stream_category,
                stream_id, event_type, hash, payload, metadata)
            SELECT
                n.position, n.version, n.occurred_at, n.recorded_at, p_schema_version, p_event_id, p_tenant,
                p_stream_category, p_stream_id, p_event_type,
                ${schema}.link_v1(
                    n.previous, n.position, n.version, p_schema_version, n.occurred_at, n.recorded_at, p_event_id,
                    ${schema}.stream_bytes_v1(p_tenant, p_stream_category, p_stream_id), p_event_type, p_payload,
                    p_metadata),
                convert_from(p_payload, 'UTF8')::json,
                convert_from(p_metadata, 'UTF8')::json
            FROM (
                SELECT
                    m.position,
                    m.version,
                    m.recorded_at,
                    m.previous,
                    coalesce(p_occurred_at, m.recorded_at) AS occurred_at
                FROM (
                    SELECT
                        coalesce(h.position, 0) + 1                              AS position,
                        coalesce(v.version, 0) + 1                               AS version,
                        greatest(c.now, h.recorded_at + interval '1 microsecond') AS recorded_at,
                        coalesce(h.hash, decode(repeat('00', 32), 'hex'))        AS previous
                    FROM (SELECT ${schema}.clock() AS now) c
                    LEFT JOIN LATERAL (
                        SELECT e.position, e.recorded_at, e.hash
                        FROM ${schema}.events e
                        WHERE e.tenant_id = p_tenant
                        ORDER BY e.position DESC
                        LIMIT 1
                    ) h ON true
                    LEFT JOIN LATERAL (
                        SELECT e.version
                        FROM ${schema}.events e
                        WHERE e.tenant_id = p_tenant AND e.stream_category = p_stream_category AND e.stream_id = p_stream_id
                        ORDER BY e.version DESC
                        LIMIT 1
                    ) v ON true
                    WHERE (p_expected_version IS NULL
                            OR p_expected_version = coalesce(v.version, 0)
                            OR p_expected_version = -1 AND v.version > 0)
                      AND (h.recorded_at IS NULL OR c.now >= h.recorded_at - v_tolerance)
                      -- Between the look at the caller's clock and this one it may have jumped.
                      AND c.now BETWEEN v_start - v_tolerance AND v_start + v_tolerance
                      AND (
                          SELECT e.event_id
                          FROM ${schema}.events e
                          WHERE e.tenant_id = p_tenant AND e.event_id >= p_event_id AND e.event_id <= p_event_id
                          ORDER BY e.event_id
                          LIMIT 1) IS NULL
                    OFFSET 0
                ) m
                OFFSET 0
            ) n
            RETURNING position, ARRAY[version - 1], recorded_at INTO first_position, base_versions, appended_at;
            IF FOUND THEN
                outcome := 'appended';
                RETURN;
            END IF;
        END IF;
    END IF;

    SELECT
        a.outcome, a.appended_at, a.first_position, a.base_versions, a.positions, a.versions, a.stream_index,
        a.actual_version, a.mismatched, a.reason, a.database_time, a.other_time, a.lane_waited_us
    INTO
        outcome, appended_at, first_position, base_versions, positions, versions, stream_index, actual_version, mismatched,
        reason, database_time, other_time, lane_waited_us
    FROM ${schema}.append_v1(
        p_tenant, ARRAY[p_stream_category], ARRAY[p_stream_id], ARRAY[p_expected_version], ARRAY[1], ARRAY[p_event_id],
        ARRAY[p_event_type], ARRAY[p_schema_version], ARRAY[p_payload], ARRAY[p_metadata], ARRAY[p_occurred_at],
        p_caller_time, p_clock_tolerance_ms, p_lane_wait_ms, p_own_transaction, p_synchronous) a;
END
$$;

REVOKE ALL ON FUNCTION ${schema}.append_one_v1(
    text, text, text, bigint, uuid, text, integer, bytea, bytea, timestamptz, timestamptz, bigint, integer, boolean, boolean)
    FROM PUBLIC;
