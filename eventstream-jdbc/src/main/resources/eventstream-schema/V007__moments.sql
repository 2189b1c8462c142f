-- A migration waits for other transactions for a bounded time only.
SET LOCAL lock_timeout = '10s';

-- As in append_v1, every probe asks for an order that only the right index gives.

-- The last position recorded at or before a moment, by binary search over the primary key: positions have no gaps and
-- recorded_at grows with them.
CREATE FUNCTION ${schema}.search_position_v1(p_tenant text, p_moment timestamptz, p_head bigint) RETURNS bigint
LANGUAGE plpgsql
STABLE
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET enable_sort = off
AS $$
DECLARE
    v_low      bigint := 0;
    v_high     bigint := p_head;
    v_middle   bigint;
    v_recorded timestamptz;
BEGIN
    WHILE v_low < v_high LOOP
        v_middle := v_low + (v_high - v_low + 1) / 2;
        SELECT e.recorded_at
        INTO STRICT v_recorded
        FROM ${schema}.events e
        WHERE e.tenant_id = p_tenant AND e.position >= v_middle AND e.position <= v_middle
        ORDER BY e.position
        LIMIT 1;
        IF v_recorded <= p_moment THEN
            v_low := v_middle;
        ELSE
            v_high := v_middle - 1;
        END IF;
    END LOOP;
    RETURN v_low;
END
$$;

-- The position of a moment once nothing can change it any more: outcome 'final' with the position, or 'in_the_future',
-- 'standby', 'old_snapshot', 'second_tenant', 'other_tenant', 'lane_busy'. The moment of the newest event and all before it are final at once,
-- whatever the clock says: every other append is recorded later. For a later moment the lane is taken and the head is read
-- again in a later statement, since an append that has not been committed may carry an earlier time.
CREATE FUNCTION ${schema}.position_at_v1(
    p_tenant           text,
    p_moment           timestamptz,
    p_wait_ms          integer,
    p_own_transaction  boolean,
    OUT outcome        text,
    OUT final_position bigint
)
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET enable_sort = off
AS $$
DECLARE
    v_held text[] := nullif(current_setting('${schema}.lanes', true), '')::text[];
    v_lane text;
    v_head record;
BEGIN
    IF nullif(current_setting('${schema}.tenant', true), '') <> p_tenant THEN
        outcome := 'other_tenant';
        RETURN;
    END IF;
    SELECT e.position, e.recorded_at
    INTO v_head
    FROM ${schema}.events e
    WHERE e.tenant_id = p_tenant
    ORDER BY e.position DESC
    LIMIT 1;
    IF p_moment > v_head.recorded_at OR v_head.recorded_at IS NULL THEN
        -- The present microsecond has not passed yet either.
        IF p_moment >= ${schema}.clock() THEN
            outcome := 'in_the_future';
            RETURN;
        END IF;
        IF pg_is_in_recovery() THEN
            outcome := 'standby';
            RETURN;
        END IF;
        IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
            outcome := 'old_snapshot';
            RETURN;
        END IF;
        IF v_held IS NOT NULL AND NOT p_tenant = ANY (v_held) THEN
            outcome := 'second_tenant';
            RETURN;
        END IF;
        v_lane := ${schema}.wait_for_lane_v1(p_tenant, p_wait_ms, p_own_transaction);
        IF v_lane = 'busy' THEN
            outcome := 'lane_busy';
            RETURN;
        END IF;
        IF v_lane = 'taken' AND v_held IS NULL THEN
            PERFORM set_config('${schema}.lanes', ARRAY[p_tenant]::text, true);
        END IF;
        SELECT e.position, e.recorded_at
        INTO v_head
        FROM ${schema}.events e
        WHERE e.tenant_id = p_tenant
        ORDER BY e.position DESC
        LIMIT 1;
    END IF;
    outcome := 'final';
    IF v_head.position IS NULL THEN
        final_position := 0;
    ELSIF v_head.recorded_at <= p_moment THEN
        final_position := v_head.position;
    ELSE
        final_position := ${schema}.search_position_v1(p_tenant, p_moment, v_head.position);
    END IF;
END
$$;

-- The last version of a stream that stands at or before a position, by binary search over the stream's own index.
CREATE FUNCTION ${schema}.version_at_v1(p_tenant text, p_category text, p_stream_id text, p_position bigint)
RETURNS bigint
LANGUAGE plpgsql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET enable_sort = off
AS $$
DECLARE
    v_low    bigint := 0;
    v_high   bigint;
    v_middle bigint;
    v_found  bigint;
BEGIN
    PERFORM ${schema}.require_tenant_v1(p_tenant);
    SELECT e.version, e.position
    INTO v_high, v_found
    FROM ${schema}.events e
    WHERE e.tenant_id = p_tenant AND e.stream_category = p_category AND e.stream_id = p_stream_id
    ORDER BY e.version DESC
    LIMIT 1;
    IF v_high IS NULL OR v_found <= p_position THEN
        RETURN coalesce(v_high, 0);
    END IF;
    WHILE v_low < v_high LOOP
        v_middle := v_low + (v_high - v_low + 1) / 2;
        SELECT e.position
        INTO STRICT v_found
        FROM ${schema}.events e
        WHERE e.tenant_id = p_tenant
          AND e.stream_category = p_category
          AND e.stream_id = p_stream_id
          AND e.version >= v_middle
          AND e.version <= v_middle
        ORDER BY e.version
        LIMIT 1;
        IF v_found <= p_position THEN
            v_low := v_middle;
        ELSE
            v_high := v_middle - 1;
        END IF;
    END LOOP;
    RETURN v_low;
END
$$;

REVOKE ALL ON FUNCTION ${schema}.search_position_v1(text, timestamptz, bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION ${schema}.position_at_v1(text, timestamptz, integer, boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION ${schema}.version_at_v1(text, text, text, bigint) FROM PUBLIC;
