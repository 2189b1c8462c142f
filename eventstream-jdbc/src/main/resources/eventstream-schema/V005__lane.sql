-- A migration waits for other transactions for a bounded time only.
SET LOCAL lock_timeout = '10s';

CREATE FUNCTION ${schema}.create_tenant_v1(p_tenant text) RETURNS void
LANGUAGE sql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO ${schema}.tenants (tenant_id)
    VALUES (${schema}.require_tenant_v1(p_tenant))
    ON CONFLICT (tenant_id) DO NOTHING
$$;

-- Waits for a tenant's lane and returns 'taken', 'busy' or 'unknown'. The SET clause makes PostgreSQL put lock_timeout back
-- when the function ends, whatever is set inside it.
--
-- In a transaction of the caller the time-out is caught, in a subtransaction, so that a busy lane does not abort it. The row
-- is then locked by the subtransaction, whose number tells nobody who it belongs to; a shared advisory lock, which excludes
-- nobody, is put beside it as a label. A transaction of our own has nothing to save and fails with lock_not_available.
CREATE FUNCTION ${schema}.wait_for_lane_v1(p_tenant text, p_wait_ms integer, p_own_transaction boolean) RETURNS text
LANGUAGE plpgsql
VOLATILE
SET search_path = pg_catalog, pg_temp
SET lock_timeout = 0
AS $$
BEGIN
    PERFORM 1 FROM ${schema}.tenants t WHERE t.tenant_id = p_tenant FOR NO KEY UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        PERFORM 1 FROM ${schema}.tenants t WHERE t.tenant_id = p_tenant;
        IF NOT FOUND THEN
            RETURN 'unknown';
        END IF;
        IF p_wait_ms < 1 THEN
            RETURN 'busy';
        END IF;
        PERFORM set_config('lock_timeout', p_wait_ms::text, true);
        IF p_own_transaction THEN
            PERFORM 1 FROM ${schema}.tenants t WHERE t.tenant_id = p_tenant FOR NO KEY UPDATE;
        ELSE
            BEGIN
                PERFORM 1 FROM ${schema}.tenants t WHERE t.tenant_id = p_tenant FOR NO KEY UPDATE;
            EXCEPTION WHEN lock_not_available THEN
                RETURN 'busy';
            END;
        END IF;
    END IF;
    IF NOT p_own_transaction THEN
        PERFORM pg_try_advisory_xact_lock_shared('${schema}.tenants'::regclass::oid::integer, hashtext(p_tenant));
    END IF;
    RETURN 'taken';
END
$$;

-- Takes several lanes for the rest of the transaction, in one order for everybody, so that two transactions cannot wait
-- for each other. Returns 'taken', or 'busy', 'unknown', 'second_tenant' or
-- 'other_tenant' and the tenant. The setting that remembers the lanes ends with
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
    v_held  text[] := nullif(current_setting('${schema}.lanes', true), '')::text[];
    v_bound text := nullif(current_setting('${schema}.tenant', true), '');
BEGIN
    SELECT t INTO tenant FROM unnest(p_tenants) t WHERE t <> v_bound LIMIT 1;
    IF FOUND THEN
        outcome := 'other_tenant';
        RETURN;
    END IF;
    outcome := 'taken';
    IF v_held IS NOT NULL THEN
        IF NOT p_tenants <@ v_held THEN
            outcome := 'second_tenant';
            SELECT t INTO tenant FROM unnest(p_tenants) t WHERE NOT t = ANY (v_held) LIMIT 1;
        END IF;
        RETURN;
    END IF;
    FOR tenant IN SELECT DISTINCT t COLLATE "C" FROM unnest(p_tenants) t ORDER BY 1 LOOP
        outcome := ${schema}.wait_for_lane_v1(tenant, p_wait_ms, false);
        EXIT WHEN outcome <> 'taken';
    END LOOP;
    IF outcome = 'taken' THEN
        tenant := NULL;
        PERFORM set_config('${schema}.lanes', p_tenants::text, true);
    END IF;
END
$$;

-- Who holds a tenant's lane. The lock row's xmax is the transaction that locked it, and pg_locks tells whose that is; the
-- lane of a caller's transaction is found by its label. A prepared transaction has no process; its name is found by the lock
-- on its own number.
CREATE FUNCTION ${schema}.lane_holders_v1(p_tenant text)
RETURNS TABLE (pid integer, name text, age_ms bigint, state text, query text)
LANGUAGE sql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    WITH holding AS (
        SELECT DISTINCT l.pid, l.virtualtransaction
        FROM pg_locks l
        WHERE l.granted
          AND (l.pid IS NULL OR l.pid <> pg_backend_pid())
          AND (
              l.locktype = 'transactionid'
              AND l.transactionid = (SELECT t.xmax FROM ${schema}.tenants t WHERE t.tenant_id = ${schema}.require_tenant_v1(p_tenant))
              OR l.locktype = 'advisory'
              AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
              AND l.classid = '${schema}.tenants'::regclass
              AND l.objid = hashtext(p_tenant)::oid
              AND l.objsubid = 2)
    )
    SELECT
        a.pid,
        coalesce(nullif(a.application_name, ''), a.usename::text, 'unknown'),
        greatest(0, extract(epoch FROM clock_timestamp() - a.xact_start) * 1000)::bigint,
        coalesce(a.state, 'unknown'),
        left(coalesce(a.query, ''), 500)
    FROM holding h
    JOIN pg_stat_activity a ON a.pid = h.pid
    UNION ALL
    SELECT
        NULL,
        p.gid,
        greatest(0, extract(epoch FROM clock_timestamp() - p.prepared) * 1000)::bigint,
        'prepared',
        'COMMIT PREPARED or ROLLBACK PREPARED ends it'
    FROM holding h
    JOIN pg_locks own
        ON own.pid IS NULL
        AND own.locktype = 'transactionid'
        AND own.virtualtransaction = h.virtualtransaction
    JOIN pg_prepared_xacts p ON p.transaction = own.transactionid
    WHERE h.pid IS NULL
$$;

REVOKE ALL ON FUNCTION ${schema}.create_tenant_v1(text) FROM PUBLIC;
REVOKE ALL ON FUNCTION ${schema}.wait_for_lane_v1(text, integer, boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION ${schema}.lock_lanes_v1(text[], integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION ${schema}.lane_holders_v1(text) FROM PUBLIC;
