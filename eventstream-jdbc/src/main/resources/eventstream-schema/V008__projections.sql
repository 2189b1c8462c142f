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
        WHERE r.tenant_id = p_tenant AND r.projection = p_projection AND r.slot = p_slot AND r.part = p_part
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

REVOKE ALL ON FUNCTION ${schema}.projection_blockers_v1(text, text, text, integer) FROM PUBLIC;
