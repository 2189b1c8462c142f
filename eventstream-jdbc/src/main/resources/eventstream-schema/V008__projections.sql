-- A migration waits for other transactions for a bounded time only.
SET LOCAL lock_timeout = '10s';

-- One row for each build of a read model, or for each part of a build by several workers. It is updated with every batch of
-- events: the room left in the pages and the absence of indexes on what changes keep those updates inside the page (HOT).
CREATE TABLE ${schema}.projections (
    tenant_id       text        COLLATE "C" NOT NULL,
    projection      text        COLLATE "C" NOT NULL,
    slot            text        COLLATE "C" NOT NULL,
    part            integer     NOT NULL,
    parts           integer     NOT NULL,
    version         integer     NOT NULL,
    role            text        COLLATE "C" NOT NULL,
    state           text        COLLATE "C" NOT NULL,
    inline          boolean     NOT NULL,
    compared        boolean     NOT NULL,
    checkpoint      bigint      NOT NULL,
    checkpoint_hash bytea       NOT NULL,
    replay_until    bigint      NOT NULL,
    handled         bigint      NOT NULL,
    parked          bigint      NOT NULL,
    failed_position bigint,
    error           text        COLLATE "C",
    stack_trace     text        COLLATE "C",
    failed_at       timestamptz,
    lease_token     bigint      NOT NULL,
    lease_owner     text        COLLATE "C",
    lease_until     timestamptz,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    CONSTRAINT projections_pkey PRIMARY KEY (tenant_id, projection, slot, part),
    CONSTRAINT projections_role_check CHECK (role IN ('live', 'building', 'previous')),
    CONSTRAINT projections_state_check CHECK (state IN ('running', 'paused', 'failed')),
    CONSTRAINT projections_part_check CHECK (part >= 0 AND parts >= 1),
    CONSTRAINT projections_version_check CHECK (version >= 1),
    CONSTRAINT projections_count_check CHECK (checkpoint >= 0 AND replay_until >= 0 AND handled >= 0 AND parked >= 0),
    CONSTRAINT projections_hash_check CHECK (octet_length(checkpoint_hash) = 32),
    CONSTRAINT projections_failure_check CHECK (
        (failed_position IS NULL) = (error IS NULL)
        AND (failed_position IS NULL) = (stack_trace IS NULL)
        AND (failed_position IS NULL) = (failed_at IS NULL)),
    CONSTRAINT projections_lease_check CHECK ((lease_owner IS NULL) = (lease_until IS NULL))
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 500);

CREATE UNIQUE INDEX projections_live_key ON ${schema}.projections (tenant_id, projection, part) WHERE role = 'live';

COMMENT ON TABLE ${schema}.projections IS 'How far each build of a read model has come, and which engine has it';

-- What projections have put aside, to be replayed in order. The events themselves stand in the log.
CREATE TABLE ${schema}.parked_events (
    tenant_id       text        COLLATE "C" NOT NULL,
    projection      text        COLLATE "C" NOT NULL,
    slot            text        COLLATE "C" NOT NULL,
    part            integer     NOT NULL,
    position        bigint      NOT NULL,
    stream_category text        COLLATE "C" NOT NULL,
    stream_id       text        COLLATE "C" NOT NULL,
    error           text        COLLATE "C" NOT NULL,
    parked_at       timestamptz NOT NULL,
    CONSTRAINT parked_events_pkey PRIMARY KEY (tenant_id, projection, slot, part, position)
);

CREATE INDEX parked_events_stream_idx
    ON ${schema}.parked_events (tenant_id, projection, slot, part, stream_category, stream_id, position);

COMMENT ON TABLE ${schema}.parked_events IS 'Events that a projection has put aside, with all later ones of their streams';

-- Who holds a projection's row, and who keeps the holder waiting. The row's xmax is the transaction that locked or changed it.
CREATE FUNCTION ${schema}.projection_blockers_v1(p_tenant text, p_projection text, p_slot text, p_part integer)
RETURNS TABLE (pid integer, name text, age_ms bigint, state text, query text)
LANGUAGE sql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    WITH locked AS (
        SELECT r.xmax AS by_transaction
        FROM ${schema}.projections r
        WHERE r.tenant_id = ${schema}.require_tenant_v1(p_tenant) AND r.projection = p_projection AND r.slot = p_slot AND r.part = p_part
    ),
    holding AS (
        SELECT DISTINCT l.pid
        FROM pg_locks l
        JOIN locked ON l.transactionid = locked.by_transaction
        WHERE l.locktype = 'transactionid' AND l.granted AND l.pid <> pg_backend_pid()
    ),
    involved AS (
        SELECT h.pid FROM holding h
        UNION
        SELECT unnest(pg_blocking_pids(h.pid)) FROM holding h
    )
    SELECT
        a.pid,
        coalesce(nullif(a.application_name, ''), a.usename::text, 'unknown'),
        greatest(0, coalesce(extract(epoch FROM clock_timestamp() - a.xact_start), 0) * 1000)::bigint,
        coalesce(a.state, 'unknown'),
        left(coalesce(a.query, ''), 500)
    FROM involved i
    JOIN pg_stat_activity a ON a.pid = i.pid
    UNION ALL
    SELECT
        NULL,
        p.gid,
        greatest(0, extract(epoch FROM clock_timestamp() - p.prepared) * 1000)::bigint,
        'prepared',
        'COMMIT PREPARED or ROLLBACK PREPARED ends it'
    FROM locked
    JOIN pg_prepared_xacts p ON p.transaction = locked.by_transaction
$$;

-- What has to be done for one tenant: builds of the wanted projections that are behind and free, and projections without a
-- build (a build of NULLs). The head of the log is one probe of the primary key, whatever the size of the log. Not a
-- definer's function, so that PostgreSQL takes it into the calling statement.
CREATE FUNCTION ${schema}.due_of_tenant_v1(p_tenant text, p_names text[], p_versions integer[], p_owner text)
RETURNS TABLE (tenant text, name text, head bigint, since timestamptz, build ${schema}.projections)
LANGUAGE sql
STABLE
AS $$
    SELECT
        p_tenant,
        wanted.name,
        h.position,
        coalesce(p.updated_at, h.recorded_at),
        p
    FROM (
        SELECT
            e.position,
            e.recorded_at
        FROM ${schema}.events e
        WHERE e.tenant_id = p_tenant
        ORDER BY e.position DESC
        LIMIT 1
    ) h
    CROSS JOIN unnest(p_names, p_versions) AS wanted (name, version)
    LEFT JOIN LATERAL (
        SELECT
            bool_or(b.role = 'live') AS any_live,
            bool_or(b.role = 'live' AND b.version >= wanted.version) AS up_to_date,
            bool_or(b.role = 'building') AS building
        FROM ${schema}.projections b
        WHERE b.tenant_id = p_tenant
          AND b.projection = wanted.name
    ) builds ON true
    LEFT JOIN ${schema}.projections p
        ON p.tenant_id = p_tenant
        AND p.projection = wanted.name
        AND p.role IN ('live', 'building')
        AND p.state = 'running'
        AND p.version = wanted.version
        AND (p.role = 'building' OR p.checkpoint <> h.position)
        AND (p.lease_until IS NULL OR p.lease_until <= ${schema}.clock() OR p.lease_owner = p_owner)
    WHERE p.tenant_id IS NOT NULL
       OR builds.any_live IS NOT TRUE
       OR builds.up_to_date IS NOT TRUE AND builds.building IS NOT TRUE
$$;

-- The same for all tenants, the oldest first, and the heads of all logs. These two are the only ones that look at more than
-- one tenant; they run with the owner's rights, since row-level security would hide the others.
CREATE FUNCTION ${schema}.due_v1(p_names text[], p_versions integer[], p_owner text, p_limit bigint)
RETURNS TABLE (tenant text, name text, head bigint, since timestamptz, build ${schema}.projections)
LANGUAGE sql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT
        d.tenant,
        d.name,
        d.head,
        d.since,
        d.build
    FROM ${schema}.tenants t
    CROSS JOIN LATERAL ${schema}.due_of_tenant_v1(t.tenant_id, p_names, p_versions, p_owner) d
    ORDER BY d.since, d.tenant, d.name, (d.build).slot, (d.build).part
    LIMIT p_limit
$$;

CREATE FUNCTION ${schema}.heads_v1() RETURNS TABLE (tenant text, head bigint)
LANGUAGE sql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT
        t.tenant_id,
        h.position
    FROM ${schema}.tenants t
    CROSS JOIN LATERAL (
        SELECT e.position
        FROM ${schema}.events e
        WHERE e.tenant_id = t.tenant_id
        ORDER BY e.position DESC
        LIMIT 1
    ) h
$$;

REVOKE ALL ON FUNCTION ${schema}.due_of_tenant_v1(text, text[], integer[], text) FROM PUBLIC;
REVOKE ALL ON FUNCTION ${schema}.due_v1(text[], integer[], text, bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION ${schema}.heads_v1() FROM PUBLIC;
REVOKE ALL ON FUNCTION ${schema}.projection_blockers_v1(text, text, text, integer) FROM PUBLIC;
