-- A migration waits for other transactions for a bounded time only.
SET LOCAL lock_timeout = '10s';

CREATE FUNCTION ${schema}.create_tenant_v1(p_tenant text) RETURNS void
LANGUAGE sql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO ${schema}.tenants (tenant_id)
    VALUES (p_tenant)
    ON CONFLICT (tenant_id) DO NOTHING
$$;

-- Waits for a tenant's lane and returns 'taken', 'busy' or 'unknown'. The time-out is caught here, inside a
-- subtransaction, so that a busy lane does not abort the transaction of the caller. The SET clause makes PostgreSQL put
-- lock_timeout back when the function ends, whatever is set inside it.
CREATE FUNCTION ${schema}.wait_for_lane_v1(p_tenant text, p_wait_ms integer) RETURNS text
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
SET lock_timeout = 0
AS $$
BEGIN
    PERFORM 1 FROM ${schema}.tenants t WHERE t.tenant_id = p_tenant FOR NO KEY UPDATE SKIP LOCKED;
    IF FOUND THEN
        RETURN 'taken';
    END IF;
    PERFORM 1 FROM ${schema}.tenants t WHERE t.tenant_id = p_tenant;
    IF NOT FOUND THEN
        RETURN 'unknown';
    END IF;
    IF p_wait_ms < 1 THEN
        RETURN 'busy';
    END IF;
    PERFORM set_config('lock_timeout', p_wait_ms::text, true);
    BEGIN
        PERFORM 1 FROM ${schema}.tenants t WHERE t.tenant_id = p_tenant FOR NO KEY UPDATE;
        RETURN 'taken';
    EXCEPTION WHEN lock_not_available THEN
        RETURN 'busy';
    END;
END
$$;

-- Takes several lanes for the rest of the transaction, in one order for everybody, so that two transactions cannot wait
-- for each other. Returns 'taken', or 'busy' or 'unknown' and the tenant. The setting that remembers the lanes ends with
-- the transaction, and with a savepoint that is rolled back, exactly as the locks do.
CREATE FUNCTION ${schema}.lock_lanes_v1(
    p_tenants text[],
    p_wait_ms integer,
    OUT outcome text,
    OUT tenant text
)
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    v_held text[] := nullif(current_setting('${schema}.lanes', true), '')::text[];
BEGIN
    outcome := 'taken';
    IF v_held IS NOT NULL THEN
        IF NOT p_tenants <@ v_held THEN
            outcome := 'second_tenant';
            SELECT t INTO tenant FROM unnest(p_tenants) t WHERE NOT t = ANY (v_held) LIMIT 1;
        END IF;
        RETURN;
    END IF;
    FOR tenant IN SELECT DISTINCT t COLLATE "C" FROM unnest(p_tenants) t ORDER BY 1 LOOP
        outcome := ${schema}.wait_for_lane_v1(tenant, p_wait_ms);
        EXIT WHEN outcome <> 'taken';
    END LOOP;
    IF outcome = 'taken' THEN
        tenant := NULL;
        PERFORM set_config('${schema}.lanes', p_tenants::text, true);
    END IF;
END
$$;

-- Who holds a tenant's lane. The row's xmax is the transaction, or subtransaction, that locked it; pg_locks tells whose it
-- is. A prepared transaction has no process: its locks carry its number in place of a virtual transaction.
CREATE FUNCTION ${schema}.lane_holders_v1(p_tenant text)
RETURNS TABLE (pid integer, name text, age_ms bigint, state text, query text)
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT
        a.pid,
        coalesce(nullif(a.application_name, ''), a.usename::text, 'unknown'),
        greatest(0, extract(epoch FROM clock_timestamp() - a.xact_start) * 1000)::bigint,
        coalesce(a.state, 'unknown'),
        left(coalesce(a.query, ''), 500)
    FROM ${schema}.tenants t
    JOIN pg_locks l ON l.locktype = 'transactionid' AND l.transactionid = t.xmax AND l.granted
    JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE t.tenant_id = p_tenant AND a.pid <> pg_backend_pid()
    UNION ALL
    SELECT
        NULL,
        p.gid,
        greatest(0, extract(epoch FROM clock_timestamp() - p.prepared) * 1000)::bigint,
        'prepared',
        'COMMIT PREPARED or ROLLBACK PREPARED ends it'
    FROM ${schema}.tenants t
    JOIN pg_locks l ON l.locktype = 'transactionid' AND l.transactionid = t.xmax AND l.granted
    JOIN pg_prepared_xacts p ON l.virtualtransaction = '-1/' || p.transaction::text
    WHERE t.tenant_id = p_tenant AND l.pid IS NULL
$$;

REVOKE ALL ON FUNCTION ${schema}.create_tenant_v1(text) FROM PUBLIC;
REVOKE ALL ON FUNCTION ${schema}.wait_for_lane_v1(text, integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION ${schema}.lock_lanes_v1(text[], integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION ${schema}.lane_holders_v1(text) FROM PUBLIC;
