-- A migration waits for other transactions for a bounded time only.
SET LOCAL lock_timeout = '10s';

-- Judges the ids of an append: 'new' if none is in the log, 'already_recorded' if one earlier append recorded all of them
-- with the same content, 'id_mismatch' otherwise. Metadata is no content, and a business time counts only if it was given.
CREATE FUNCTION ${schema}.judge_ids_v1(
    p_tenant            text,
    p_stream_categories text[],
    p_stream_ids        text[],
    p_event_streams     integer[],
    p_event_ids         uuid[],
    p_event_types       text[],
    p_schema_versions   integer[],
    p_payloads          bytea[],
    p_occurred_at       timestamptz[],
    OUT outcome         text,
    OUT appended_at     timestamptz,
    OUT positions       bigint[],
    OUT versions        bigint[],
    OUT mismatched      uuid[],
    OUT reason          text
)
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET enable_sort = off
SET jit = off
AS $$
DECLARE
    v_known   bigint;
    v_appends bigint;
    v_changed uuid[];
BEGIN
    SELECT
        count(e.position),
        count(DISTINCT e.recorded_at),
        min(e.recorded_at),
        array_agg(e.position ORDER BY g.place),
        array_agg(e.version ORDER BY g.place),
        array_agg(g.event_id ORDER BY g.place) FILTER (WHERE e.position IS NOT NULL),
        array_agg(g.event_id ORDER BY g.place) FILTER (
            WHERE e.stream_category <> p_stream_categories[g.stream]
               OR e.stream_id <> p_stream_ids[g.stream]
               OR e.event_type <> g.event_type
               OR e.schema_version <> g.schema_version
               OR e.payload::text <> convert_from(g.payload, 'UTF8')
               OR e.occurred_at <> g.occurred_at)
    INTO v_known, v_appends, appended_at, positions, versions, mismatched, v_changed
    FROM unnest(p_event_streams, p_event_ids, p_event_types, p_schema_versions, p_payloads, p_occurred_at)
        WITH ORDINALITY
        AS g (stream, event_id, event_type, schema_version, payload, occurred_at, place)
    LEFT JOIN LATERAL (
        SELECT
            s.position, s.version, s.occurred_at, s.recorded_at, s.schema_version, s.stream_category, s.stream_id,
            s.event_type, s.payload
        FROM ${schema}.events s
        WHERE s.tenant_id = p_tenant AND s.event_id >= g.event_id AND s.event_id <= g.event_id
        ORDER BY s.event_id
        LIMIT 1
    ) e ON true;

    IF v_known = 0 THEN
        outcome := 'new';
        RETURN;
    END IF;
    outcome := 'id_mismatch';
    IF v_known < cardinality(p_event_ids) THEN
        reason := 'ONLY_PARTLY_RECORDED';
    ELSIF v_appends > 1 THEN
        reason := 'RECORDED_BY_DIFFERENT_APPENDS';
    ELSIF v_changed IS NOT NULL THEN
        reason := 'RECORDED_WITH_OTHER_CONTENT';
        mismatched := v_changed;
    ELSE
        outcome := 'already_recorded';
    END IF;
END
$$;

-- The one way into the log: takes the lane, judges, inserts, in one call. It returns how it ended and raises an error only
-- for what is one, so that a transaction of the caller stays usable after a conflict.
--
--   outcome            further columns
--   appended           appended_at, first_position, base_versions (per stream, before the append)
--   already_recorded   appended_at, positions, versions (per event)
--   conflict           stream_index (from 1), actual_version
--   id_mismatch        mismatched, reason
--   unknown_tenant, second_tenant, other_tenant, lane_busy, wrong_isolation
--   clock_suspect      database_time, other_time, reason
--
-- lane_waited_us is how long it waited for the lane, NULL if it did not.
--
-- Streams are given once each, with what is expected of them: NULL any, 0 no stream, -1 an existing stream, otherwise exactly
-- that version. An event says by number, from 1, which of them it goes to. Its version is counted here, so that no caller
-- can leave a gap.
CREATE FUNCTION ${schema}.append_v1(
    p_tenant               text,
    p_stream_categories    text[],
    p_stream_ids           text[],
    p_expected_versions    bigint[],
    p_event_streams        integer[],
    p_event_ids            uuid[],
    p_event_types          text[],
    p_schema_versions      integer[],
    p_payloads             bytea[],
    p_metadata             bytea[],
    p_occurred_at          timestamptz[],
    p_caller_time          timestamptz,
    p_clock_tolerance_ms   bigint,
    p_lane_wait_ms         integer,
    p_own_transaction      boolean,
    p_synchronous          boolean,
    OUT outcome            text,
    OUT appended_at        timestamptz,
    OUT first_position     bigint,
    OUT base_versions      bigint[],
    OUT positions          bigint[],
    OUT versions           bigint[],
    OUT stream_index       integer,
    OUT actual_version     bigint,
    OUT mismatched         uuid[],
    OUT reason             text,
    OUT database_time      timestamptz,
    OUT other_time         timestamptz,
    OUT lane_waited_us     bigint
)
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Plans are kept, and on a table without statistics every index looks as good as another: a plan made on the first day
-- would walk over the tenant's whole log on the second. So each probe below asks for an order that only the right index
-- gives, and nothing may sort or scan in its place. A plan whose cost is prohibitive on purpose must not look worth compiling.
SET enable_seqscan = off
SET enable_sort = off
SET jit = off
AS $$
DECLARE
    v_start     timestamptz := ${schema}.clock();
    v_tolerance interval := p_clock_tolerance_ms * interval '1 millisecond';
    v_held      text[] := nullif(current_setting('${schema}.lanes', true), '')::text[];
    v_snapshot  boolean := current_setting('transaction_isolation') IN ('repeatable read', 'serializable');
    v_single    boolean := cardinality(p_event_ids) = 1 AND cardinality(p_expected_versions) = 1;
    v_lane      text;
    v_head      record;
    v_base      bigint;
    v_previous  bytea;
    v_occurred  timestamptz;
    v_stream    bytea;
    v_lowest    uuid;
    v_highest   uuid;
    -- The parts of a single event, as variables: an array element in an SQL statement costs more than all the rest.
    v_category  text := p_stream_categories[1];
    v_stream_id text := p_stream_ids[1];
    v_event_id  uuid := p_event_ids[1];
    v_type      text := p_event_types[1];
    v_schema    integer := p_schema_versions[1];
    v_payload   bytea := p_payloads[1];
    v_metadata  bytea := p_metadata[1];
BEGIN
    IF nullif(current_setting('${schema}.tenant', true), '') <> p_tenant THEN
        outcome := 'other_tenant';
        RETURN;
    END IF;
    IF p_own_transaction AND v_snapshot THEN
        outcome := 'wrong_isolation';
        RETURN;
    END IF;
    IF v_held IS NOT NULL AND NOT p_tenant = ANY (v_held) THEN
        outcome := 'second_tenant';
        RETURN;
    END IF;

    -- A lane that is free is taken at once by a call that will let it go at its end. All others are judged first without
    -- it: an append that repeats an earlier one, or that expects a version which has passed, needs no lane to be answered.
    IF p_own_transaction THEN
        PERFORM 1 FROM ${schema}.tenants t WHERE t.tenant_id = p_tenant FOR NO KEY UPDATE SKIP LOCKED;
        IF FOUND THEN
            v_lane := 'taken';
        END IF;
    END IF;

    FOR round IN 1 .. 2 LOOP
        -- Round 1 is without the lane, round 2 holds it and sees what was committed while it waited.
        CONTINUE WHEN round = 1 AND v_lane = 'taken';
        IF round = 2 AND v_lane IS NULL THEN
            v_lane := ${schema}.wait_for_lane_v1(p_tenant, p_lane_wait_ms, p_own_transaction);
            lane_waited_us := extract(epoch FROM ${schema}.clock() - v_start) * 1000000;
            IF v_lane = 'taken' THEN
                IF NOT p_own_transaction AND v_held IS NULL THEN
                    PERFORM set_config('${schema}.lanes', ARRAY[p_tenant]::text, true);
                END IF;
            ELSE
                outcome := CASE v_lane WHEN 'unknown' THEN 'unknown_tenant' ELSE 'lane_busy' END;
                RETURN;
            END IF;
        END IF;

        -- Versions are read before ids: an append that is repeated while its first call commits is then found by its ids,
        -- and not taken for a conflict with itself.
        IF v_single THEN
            SELECT e.version
            INTO v_base
            FROM ${schema}.events e
            WHERE e.tenant_id = p_tenant AND e.stream_category = v_category AND e.stream_id = v_stream_id
            ORDER BY e.version DESC
            LIMIT 1;
            base_versions := ARRAY[coalesce(v_base, 0)];
        ELSE
            SELECT array_agg(coalesce(e.version, 0) ORDER BY s.place)
            INTO base_versions
            FROM unnest(p_stream_categories, p_stream_ids) WITH ORDINALITY AS s (category, stream_id, place)
            LEFT JOIN LATERAL (
                SELECT v.version
                FROM ${schema}.events v
                WHERE v.tenant_id = p_tenant AND v.stream_category = s.category AND v.stream_id = s.stream_id
                ORDER BY v.version DESC
                LIMIT 1
            ) e ON true;
        END IF;

        IF v_single THEN
            PERFORM 1
            FROM ${schema}.events e
            WHERE e.tenant_id = p_tenant AND e.event_id >= v_event_id AND e.event_id <= v_event_id
            ORDER BY e.event_id
            LIMIT 1;
        ELSE
            -- Ids grow with time, so the log rarely has one between the lowest and the highest of new ones: one probe in place
            -- of one for each.
            SELECT o.ids[1], o.ids[cardinality(o.ids)]
            INTO v_lowest, v_highest
            FROM (SELECT array_agg(g.event_id ORDER BY g.event_id) AS ids FROM unnest(p_event_ids) AS g (event_id)) o;
            PERFORM 1
            FROM ${schema}.events e
            WHERE e.tenant_id = p_tenant AND e.event_id >= v_lowest AND e.event_id <= v_highest
            ORDER BY e.event_id
            LIMIT 1;
            IF FOUND THEN
                PERFORM 1
                FROM unnest(p_event_ids) AS g (event_id)
                CROSS JOIN LATERAL (
                    SELECT 1
                    FROM ${schema}.events e
                    WHERE e.tenant_id = p_tenant AND e.event_id >= g.event_id AND e.event_id <= g.event_id
                    ORDER BY e.event_id
                    LIMIT 1
                ) known
                LIMIT 1;
            END IF;
        END IF;
        IF FOUND THEN
            SELECT j.outcome, j.appended_at, j.positions, j.versions, j.mismatched, j.reason
            INTO outcome, appended_at, positions, versions, mismatched, reason
            FROM ${schema}.judge_ids_v1(
                p_tenant, p_stream_categories, p_stream_ids, p_event_streams, p_event_ids, p_event_types,
                p_schema_versions, p_payloads, p_occurred_at) j;
            IF v_snapshot AND reason = 'ONLY_PARTLY_RECORDED' THEN
                RAISE EXCEPTION 'this transaction may not see all events of tenant %', p_tenant
                    USING ERRCODE = 'serialization_failure', HINT = 'Run the whole transaction again.';
            END IF;
            RETURN;
        END IF;

        FOR i IN 1 .. cardinality(p_expected_versions) LOOP
            -- Versions only grow: what has passed is a conflict for ever, what has not come yet only under the lane.
            IF p_expected_versions[i] < base_versions[i] AND p_expected_versions[i] >= 0
                OR round = 2 AND p_expected_versions[i] > base_versions[i]
                OR round = 2 AND p_expected_versions[i] = -1 AND base_versions[i] = 0
            THEN
                IF v_snapshot THEN
                    RAISE EXCEPTION 'this transaction may not see all events of tenant %', p_tenant
                        USING ERRCODE = 'serialization_failure', HINT = 'Run the whole transaction again.';
                END IF;
                outcome := 'conflict';
                stream_index := i;
                actual_version := base_versions[i];
                RETURN;
            END IF;
        END LOOP;
    END LOOP;

    -- The head is read in a later statement than the lane was taken in, so that it cannot be older.
    SELECT e.position, e.recorded_at, e.hash
    INTO v_head
    FROM ${schema}.events e
    WHERE e.tenant_id = p_tenant
    ORDER BY e.position DESC
    LIMIT 1;
    first_position := coalesce(v_head.position, 0) + 1;
    v_previous := coalesce(v_head.hash, decode(repeat('00', 32), 'hex'));

    database_time := ${schema}.clock();
    IF database_time < v_head.recorded_at - v_tolerance THEN
        outcome := 'clock_suspect';
        other_time := v_head.recorded_at;
        reason := 'NEWEST_EVENT';
        RETURN;
    END IF;
    IF v_start > p_caller_time + v_tolerance OR v_start < p_caller_time - v_tolerance THEN
        outcome := 'clock_suspect';
        database_time := v_start;
        other_time := p_caller_time;
        reason := 'CALLER';
        RETURN;
    END IF;
    -- It may also jump while this call waits for its lane, and how long it may wait is known.
    IF database_time > v_start + v_tolerance + p_lane_wait_ms * interval '1 millisecond'
        OR database_time < v_start - v_tolerance
    THEN
        outcome := 'clock_suspect';
        other_time := p_caller_time;
        reason := 'CALLER';
        RETURN;
    END IF;
    appended_at := greatest(database_time, v_head.recorded_at + interval '1 microsecond');

    IF p_synchronous AND current_setting('synchronous_commit') IN ('off', 'local', 'remote_write') THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;

    IF v_single AND NOT v_snapshot THEN
        v_base := base_versions[1] + 1;
        v_occurred := coalesce(p_occurred_at[1], appended_at);
        v_stream := ${schema}.stream_bytes_v1(p_tenant, v_category, v_stream_id);
        v_previous := ${schema}.link_v1(
            v_previous, first_position, v_base, v_schema, v_occurred, appended_at, v_event_id, v_stream, v_type, v_payload,
            v_metadata);
        INSERT INTO ${schema}.events (
            position, version, occurred_at, recorded_at, schema_version, event_id, tenant_id, stream_category,
            stream_id, event_type, hash, payload, metadata)
        VALUES (
            first_position, v_base, v_occurred, appended_at, v_schema, v_event_id, p_tenant, v_category,
            v_stream_id, v_type, v_previous, convert_from(v_payload, 'UTF8')::json, convert_from(v_metadata, 'UTF8')::json);
    ELSE
        PERFORM ${schema}.insert_events_v1(
            p_tenant, first_position, base_versions, appended_at, v_previous, p_stream_categories, p_stream_ids,
            p_event_streams, p_event_ids, p_event_types, p_schema_versions, p_payloads, p_metadata, p_occurred_at,
            v_snapshot);
    END IF;
    outcome := 'appended';
END
$$;

-- Inserts the events of one append with their links. Under an old snapshot a unique violation means that somebody else has
-- appended since, which is a reason to run the transaction again; under READ COMMITTED it cannot happen.
CREATE FUNCTION ${schema}.insert_events_v1(
    p_tenant            text,
    p_first_position    bigint,
    p_base_versions     bigint[],
    p_recorded_at       timestamptz,
    p_previous          bytea,
    p_stream_categories text[],
    p_stream_ids        text[],
    p_event_streams     integer[],
    p_event_ids         uuid[],
    p_event_types       text[],
    p_schema_versions   integer[],
    p_payloads          bytea[],
    p_metadata          bytea[],
    p_occurred_at       timestamptz[],
    p_snapshot          boolean
) RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
-- Arrays of another length each time would be planned anew each time.
SET plan_cache_mode = force_generic_plan
SET jit = off
AS $$
DECLARE
    v_events   integer := cardinality(p_event_ids);
    v_streams  bytea[] := array_fill(NULL::bytea, ARRAY[cardinality(p_base_versions)]);
    v_next     bigint[] := p_base_versions;
    v_versions bigint[] := array_fill(NULL::bigint, ARRAY[v_events]);
    v_hashes   bytea[] := array_fill(NULL::bytea, ARRAY[v_events]);
    v_hash     bytea := p_previous;
    v_stream   integer;
    v_version  bigint;
BEGIN
    IF p_snapshot THEN
        BEGIN
            PERFORM ${schema}.insert_events_v1(
                p_tenant, p_first_position, p_base_versions, p_recorded_at, p_previous, p_stream_categories, p_stream_ids,
                p_event_streams, p_event_ids, p_event_types, p_schema_versions, p_payloads, p_metadata, p_occurred_at,
                false);
        EXCEPTION WHEN unique_violation THEN
            RAISE EXCEPTION 'this transaction does not see the newest events of tenant %', p_tenant
                USING ERRCODE = 'serialization_failure', HINT = 'Run the whole transaction again.';
        END;
        RETURN;
    END IF;

    FOR i IN 1 .. cardinality(p_base_versions) LOOP
        v_streams[i] := ${schema}.stream_bytes_v1(p_tenant, p_stream_categories[i], p_stream_ids[i]);
    END LOOP;
    FOR i IN 1 .. v_events LOOP
        v_stream := p_event_streams[i];
        v_version := v_next[v_stream] + 1;
        v_hash := ${schema}.link_v1(
            v_hash, p_first_position + i - 1, v_version, p_schema_versions[i], coalesce(p_occurred_at[i], p_recorded_at),
            p_recorded_at, p_event_ids[i], v_streams[v_stream], p_event_types[i], p_payloads[i], p_metadata[i]);
        v_next[v_stream] := v_version;
        v_versions[i] := v_version;
        v_hashes[i] := v_hash;
    END LOOP;

    -- unnest stands in the select list because in FROM every array would be copied into a tuplestore first.
    INSERT INTO ${schema}.events (
        position, version, occurred_at, recorded_at, schema_version, event_id, tenant_id, stream_category, stream_id,
        event_type, hash, payload, metadata)
    SELECT
        g.position,
        g.version,
        coalesce(g.occurred_at, p_recorded_at),
        p_recorded_at,
        g.schema_version,
        g.event_id,
        p_tenant,
        p_stream_categories[g.stream],
        p_stream_ids[g.stream],
        g.event_type,
        g.hash,
        convert_from(g.payload, 'UTF8')::json,
        convert_from(g.metadata, 'UTF8')::json
    FROM (
        SELECT
            generate_series(p_first_position, p_first_position + v_events - 1) AS position,
            unnest(v_versions)        AS version,
            unnest(v_hashes)          AS hash,
            unnest(p_event_streams)   AS stream,
            unnest(p_event_ids)       AS event_id,
            unnest(p_event_types)     AS event_type,
            unnest(p_schema_versions) AS schema_version,
            unnest(p_payloads)        AS payload,
            unnest(p_metadata)        AS metadata,
            unnest(p_occurred_at)     AS occurred_at
    ) g;
END
$$;

REVOKE ALL ON FUNCTION ${schema}.judge_ids_v1(
    text, text[], text[], integer[], uuid[], text[], integer[], bytea[], timestamptz[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION ${schema}.append_v1(
    text, text[], text[], bigint[], integer[], uuid[], text[], integer[], bytea[], bytea[], timestamptz[], timestamptz,
    bigint, integer, boolean, boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION ${schema}.insert_events_v1(
    text, bigint, bigint[], timestamptz, bytea, text[], text[], integer[], uuid[], text[], integer[], bytea[], bytea[],
    timestamptz[], boolean) FROM PUBLIC;
