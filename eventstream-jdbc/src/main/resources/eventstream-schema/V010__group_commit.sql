-- A migration waits for other transactions for a bounded time only.
SET LOCAL lock_timeout = '10s';

-- Several appends in one call and one commit, each with an outcome of its own, judged one after the other: each sees what
-- those before it appended. What needs more than a judgement is left to append_v1, which the caller calls next.
--
--   outcomes           per append: 'appended', 'conflict', 'lane_busy' (try again, or wait), 'alone' (call append_v1)
--   appended_at        per append that was appended
--   first_positions    per append that was appended
--   base_versions      per expectation: the version of its stream as the append found it
--   conflicts          per append with a conflict: which of its expectations failed, from 1
--   lane_waited_us     how long it waited for the lane
--
-- Without waiting any number of tenants may travel together: whose lane is not free at once is passed over, as far as the
-- answer needs the lane, so that nobody waits for anybody else's. Waiting is for one tenant alone.
CREATE FUNCTION ${schema}.append_batch_v1(
    p_tenants             text[],
    p_stream_tenants      integer[],
    p_stream_categories   text[],
    p_stream_ids          text[],
    p_append_tenants      integer[],
    p_append_expectations integer[],
    p_append_events       integer[],
    p_expected_streams    integer[],
    p_expected_versions   bigint[],
    p_event_streams       integer[],
    p_event_ids           uuid[],
    p_event_types         text[],
    p_schema_versions     integer[],
    p_payloads            bytea[],
    p_metadata            bytea[],
    p_occurred_at         timestamptz[],
    p_caller_time         timestamptz,
    p_clock_tolerance_ms  bigint,
    p_lane_wait_ms        integer,
    p_synchronous         boolean,
    OUT outcomes          text[],
    OUT appended_at       timestamptz[],
    OUT first_positions   bigint[],
    OUT base_versions     bigint[],
    OUT conflicts         integer[],
    OUT lane_waited_us    bigint
)
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET enable_sort = off
-- Arrays of another length each time would be planned anew each time; and a plan whose cost is prohibitive on purpose must not
-- look worth compiling.
SET plan_cache_mode = force_generic_plan
SET jit = off
AS $$
DECLARE
    v_start       timestamptz := ${schema}.clock();
    v_tolerance   interval := p_clock_tolerance_ms * interval '1 millisecond';
    v_appends     integer := cardinality(p_append_tenants);
    v_taken       text[];
    v_has_lane    boolean[];
    v_positions   bigint[];
    v_recorded_at timestamptz[];
    v_hashes      bytea[];
    v_versions    bigint[];
    v_streams     bytea[];
    v_known       uuid[];
    v_now         timestamptz;
    v_outcome     text;
    v_tenant      integer;
    v_lane        boolean;
    v_expectation integer := 0;
    v_event       integer := 0;
    v_stream      integer;
    v_expected    bigint;
    v_version     bigint;
    v_position    bigint;
    v_moment      timestamptz;
    v_hash        bytea;
    -- Per event; NULL for those that are not appended.
    v_event_positions bigint[] := array_fill(NULL::bigint, ARRAY[cardinality(p_event_ids)]);
    v_event_versions  bigint[] := v_event_positions;
    v_event_moments   timestamptz[] := array_fill(NULL::timestamptz, ARRAY[cardinality(p_event_ids)]);
    v_event_hashes    bytea[] := array_fill(NULL::bytea, ARRAY[cardinality(p_event_ids)]);
    v_writes          boolean := false;
BEGIN
    outcomes := array_fill('alone'::text, ARRAY[v_appends]);
    appended_at := array_fill(NULL::timestamptz, ARRAY[v_appends]);
    first_positions := array_fill(NULL::bigint, ARRAY[v_appends]);
    base_versions := array_fill(0::bigint, ARRAY[cardinality(p_expected_streams)]);
    conflicts := array_fill(NULL::integer, ARRAY[v_appends]);
    lane_waited_us := 0;
    IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable')
        OR nullif(current_setting('${schema}.tenant', true), '') <> ANY (p_tenants)
        OR v_start > p_caller_time + v_tolerance
        OR v_start < p_caller_time - v_tolerance
    THEN
        RETURN;
    END IF;

    IF p_lane_wait_ms > 0 THEN
        IF ${schema}.wait_for_lane_v1(p_tenants[1], p_lane_wait_ms, true) <> 'taken' THEN
            RETURN;
        END IF;
        v_taken := p_tenants;
        lane_waited_us := extract(epoch FROM ${schema}.clock() - v_start) * 1000000;
    ELSE
        SELECT array_agg(l.tenant_id)
        INTO v_taken
        FROM (
            SELECT t.tenant_id
            FROM ${schema}.tenants t
            WHERE t.tenant_id = ANY (p_tenants)
            FOR NO KEY UPDATE SKIP LOCKED
        ) l;
    END IF;

    -- Later statements than the lane was taken in, so that none is older. Versions come before ids: an append that is
    -- repeated while its first call commits is then found by its ids, and not taken for a conflict with itself.
    --
    -- unnest stands in the select list because in FROM every array would be copied into a tuplestore first. The join is lateral,
    -- so it is a nested loop and keeps the order of the arrays.
    SELECT
        array_agg(coalesce(g.tenant = ANY (v_taken), false)),
        array_agg(coalesce(h.position, 0)),
        array_agg(h.recorded_at),
        array_agg(coalesce(h.hash, decode(repeat('00', 32), 'hex')))
    INTO v_has_lane, v_positions, v_recorded_at, v_hashes
    FROM (SELECT unnest(p_tenants) AS tenant) g
    LEFT JOIN LATERAL (
        SELECT e.position, e.recorded_at, e.hash
        FROM ${schema}.events e
        WHERE e.tenant_id = g.tenant
        ORDER BY e.position DESC
        LIMIT 1
    ) h ON true;

    SELECT
        array_agg(coalesce(v.version, 0)),
        array_agg(${schema}.stream_bytes_v1(s.tenant, s.category, s.stream_id))
    INTO v_versions, v_streams
    FROM (
        SELECT
            p_tenants[unnest(p_stream_tenants)] AS tenant,
            unnest(p_stream_categories)         AS category,
            unnest(p_stream_ids)                AS stream_id
    ) s
    LEFT JOIN LATERAL (
        SELECT e.version
        FROM ${schema}.events e
        WHERE e.tenant_id = s.tenant AND e.stream_category = s.category AND e.stream_id = s.stream_id
        ORDER BY e.version DESC
        LIMIT 1
    ) v ON true;

    SELECT array_agg(g.event_id)
    INTO v_known
    FROM (
        SELECT p_tenants[p_stream_tenants[unnest(p_event_streams)]] AS tenant, unnest(p_event_ids) AS event_id
    ) g
    CROSS JOIN LATERAL (
        SELECT 1
        FROM ${schema}.events e
        WHERE e.tenant_id = g.tenant AND e.event_id >= g.event_id AND e.event_id <= g.event_id
        ORDER BY e.event_id
        LIMIT 1
    ) k;

    v_now := ${schema}.clock();
    -- A clock that has jumped while the lane was waited for is judged append by append.
    IF v_now > v_start + v_tolerance + p_lane_wait_ms * interval '1 millisecond' OR v_now < v_start - v_tolerance THEN
        RETURN;
    END IF;
    FOR i IN 1 .. v_appends LOOP
        v_tenant := p_append_tenants[i];
        v_lane := v_has_lane[v_tenant];
        v_outcome := CASE WHEN v_lane THEN 'appended' ELSE 'lane_busy' END;
        IF v_known && p_event_ids[v_event + 1 : v_event + p_append_events[i]]
            OR v_now < v_recorded_at[v_tenant] - v_tolerance THEN
            v_outcome := 'alone';
        ELSE
            FOR x IN v_expectation + 1 .. v_expectation + p_append_expectations[i] LOOP
                v_version := v_versions[p_expected_streams[x]];
                base_versions[x] := v_version;
                v_expected := p_expected_versions[x];
                -- Versions only grow: what has passed is a conflict for ever, what has not come yet only under the lane.
                IF v_expected < v_version AND v_expected >= 0
                    OR v_lane AND (v_expected > v_version OR v_expected = -1 AND v_version = 0)
                THEN
                    v_outcome := 'conflict';
                    conflicts[i] := x - v_expectation;
                    EXIT;
                END IF;
            END LOOP;
        END IF;
        outcomes[i] := v_outcome;

        IF v_outcome = 'appended' THEN
            v_moment := greatest(v_now, v_recorded_at[v_tenant] + interval '1 microsecond');
            v_position := v_positions[v_tenant];
            v_hash := v_hashes[v_tenant];
            appended_at[i] := v_moment;
            first_positions[i] := v_position + 1;
            FOR e IN v_event + 1 .. v_event + p_append_events[i] LOOP
                v_stream := p_event_streams[e];
                IF p_stream_tenants[v_stream] <> v_tenant THEN
                    RAISE EXCEPTION 'stream % belongs to another tenant than the append', v_stream;
                END IF;
                v_version := v_versions[v_stream] + 1;
                v_position := v_position + 1;
                v_hash := ${schema}.link_v1(
                    v_hash, v_position, v_version, p_schema_versions[e], coalesce(p_occurred_at[e], v_moment), v_moment,
                    p_event_ids[e], v_streams[v_stream], p_event_types[e], p_payloads[e], p_metadata[e]);
                v_versions[v_stream] := v_version;
                v_event_positions[e] := v_position;
                v_event_versions[e] := v_version;
                v_event_moments[e] := v_moment;
                v_event_hashes[e] := v_hash;
            END LOOP;
            v_writes := true;
            v_recorded_at[v_tenant] := v_moment;
            v_positions[v_tenant] := v_position;
            v_hashes[v_tenant] := v_hash;
        END IF;
        v_expectation := v_expectation + p_append_expectations[i];
        v_event := v_event + p_append_events[i];
    END LOOP;
    IF NOT v_writes THEN
        RETURN;
    END IF;

    IF p_synchronous AND current_setting('synchronous_commit') IN ('off', 'local', 'remote_write') THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
    INSERT INTO ${schema}.events (
        position, version, occurred_at, recorded_at, schema_version, event_id, tenant_id, stream_category, stream_id,
        event_type, hash, payload, metadata)
    SELECT
        g.position,
        g.version,
        coalesce(g.occurred_at, g.recorded_at),
        g.recorded_at,
        g.schema_version,
        g.event_id,
        p_tenants[p_stream_tenants[g.stream]],
        p_stream_categories[g.stream],
        p_stream_ids[g.stream],
        g.event_type,
        g.hash,
        convert_from(g.payload, 'UTF8')::json,
        convert_from(g.metadata, 'UTF8')::json
    FROM (
        SELECT
            unnest(v_event_positions) AS position,
            unnest(v_event_versions)  AS version,
            unnest(v_event_moments)   AS recorded_at,
            unnest(v_event_hashes)    AS hash,
            unnest(p_event_streams)   AS stream,
            unnest(p_event_ids)       AS event_id,
            unnest(p_event_types)     AS event_type,
            unnest(p_schema_versions) AS schema_version,
            unnest(p_payloads)        AS payload,
            unnest(p_metadata)        AS metadata,
            unnest(p_occurred_at)     AS occurred_at
    ) g
    WHERE g.position IS NOT NULL;
END
$$;

REVOKE ALL ON FUNCTION ${schema}.append_batch_v1(
    text[], integer[], text[], text[], integer[], integer[], integer[], integer[], bigint[], integer[], uuid[], text[],
    integer[], bytea[], bytea[], timestamptz[], timestamptz, bigint, integer, boolean) FROM PUBLIC;
