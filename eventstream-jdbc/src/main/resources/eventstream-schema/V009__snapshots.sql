-- A migration waits for other transactions for a bounded time only.
SET LOCAL lock_timeout = '10s';

-- States of folds, kept beside the log and never trusted more than it. The state is text: its checksum covers the bytes.
CREATE TABLE ${schema}.snapshots (
    tenant_id          text        COLLATE "C" NOT NULL,
    stream_category    text        COLLATE "C" NOT NULL,
    stream_id          text        COLLATE "C" NOT NULL,
    fold               text        COLLATE "C" NOT NULL,
    schema_version     integer     NOT NULL,
    version            bigint      NOT NULL,
    event_hash         bytea       NOT NULL,
    recorded_at        timestamptz NOT NULL,
    latest_occurred_at timestamptz NOT NULL,
    created_at         timestamptz NOT NULL,
    checksum           text        COLLATE "C" NOT NULL,
    state              text        COLLATE "C" NOT NULL,
    CONSTRAINT snapshots_pkey PRIMARY KEY (tenant_id, stream_category, stream_id, fold, schema_version, version),
    CONSTRAINT snapshots_version_check CHECK (version >= 1 AND schema_version >= 1),
    CONSTRAINT snapshots_hash_check CHECK (octet_length(event_hash) = 32)
);

COMMENT ON TABLE ${schema}.snapshots IS 'States of folds at versions of streams; can be deleted at any time';

-- What is known about each stream without reading it, as far as events have been counted: up to statistics.position.
CREATE TABLE ${schema}.streams (
    tenant_id         text        COLLATE "C" NOT NULL,
    stream_category   text        COLLATE "C" NOT NULL,
    stream_id         text        COLLATE "C" NOT NULL,
    version           bigint      NOT NULL,
    bytes             bigint      NOT NULL,
    CONSTRAINT streams_pkey PRIMARY KEY (tenant_id, stream_category, stream_id)
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 500);

CREATE INDEX streams_version_idx ON ${schema}.streams (tenant_id, stream_category, version);

COMMENT ON TABLE ${schema}.streams IS 'Length and size of each stream, counted up to the position in statistics';

CREATE TABLE ${schema}.statistics (
    tenant_id text     COLLATE "C" NOT NULL,
    position  bigint   NOT NULL,
    bytes     bigint   NOT NULL,
    streams   bigint   NOT NULL,
    lengths   bigint[] NOT NULL,
    CONSTRAINT statistics_pkey PRIMARY KEY (tenant_id)
) WITH (fillfactor = 50);

COMMENT ON TABLE ${schema}.statistics IS
    'Sums over each log up to a position; lengths[n] counts the streams of up to 10^(n-1) events';

-- Goes on counting: at most so many events after the last one that was counted, by one session at a time. Returns whether
-- there are more. Where nothing can be written it returns false and leaves things as they are.
CREATE FUNCTION ${schema}.count_events_v1(p_tenant text, p_most bigint) RETURNS boolean
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $$
DECLARE
    v_head bigint;
    v_from bigint;
    v_to   bigint;
BEGIN
    PERFORM ${schema}.require_tenant_v1(p_tenant);
    IF pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean THEN
        RETURN false;
    END IF;
    SELECT e.position
    INTO v_head
    FROM ${schema}.events e
    WHERE e.tenant_id = p_tenant
    ORDER BY e.position DESC
    LIMIT 1;
    SELECT s.position INTO v_from FROM ${schema}.statistics s WHERE s.tenant_id = p_tenant;
    IF v_head IS NULL OR v_from >= v_head THEN
        RETURN false;
    END IF;
    IF v_from IS NULL THEN
        INSERT INTO ${schema}.statistics (tenant_id, position, bytes, streams, lengths)
        VALUES (p_tenant, 0, 0, 0, array_fill(0::bigint, ARRAY[20]))
        ON CONFLICT (tenant_id) DO NOTHING;
    END IF;
    SELECT s.position INTO v_from FROM ${schema}.statistics s WHERE s.tenant_id = p_tenant FOR UPDATE SKIP LOCKED;
    IF NOT FOUND OR v_from >= v_head THEN
        RETURN false;
    END IF;
    v_to := least(v_head, v_from + p_most);

    WITH page AS (
        SELECT
            e.stream_category,
            e.stream_id,
            max(e.version) AS version,
            count(*) AS events,
            sum(octet_length(e.payload::text) + octet_length(e.metadata::text))::bigint AS bytes
        FROM ${schema}.events e
        WHERE e.tenant_id = p_tenant AND e.position > v_from AND e.position <= v_to
        GROUP BY e.stream_category, e.stream_id
    ),
    kept AS (
        INSERT INTO ${schema}.streams AS k (tenant_id, stream_category, stream_id, version, bytes)
        SELECT p_tenant, g.stream_category, g.stream_id, g.version, g.bytes
        FROM page g
        ON CONFLICT (tenant_id, stream_category, stream_id) DO UPDATE
        SET
            version = excluded.version,
            bytes = k.bytes + excluded.bytes
    ),
    -- Versions have no gaps, so what a stream's version was before follows from how many events were added.
    moved AS (
        SELECT ${schema}.length_class_v1(g.version) AS class, 1 AS streams FROM page g
        UNION ALL
        SELECT ${schema}.length_class_v1(g.version - g.events), -1 FROM page g WHERE g.version > g.events
    ),
    lengths AS (
        SELECT c.class, coalesce(sum(m.streams), 0)::bigint AS streams
        FROM generate_series(1, 20) AS c (class)
        LEFT JOIN moved m ON m.class = c.class
        GROUP BY c.class
    )
    UPDATE ${schema}.statistics s
    SET
        position = v_to,
        bytes = s.bytes + (SELECT sum(g.bytes) FROM page g)::bigint,
        streams = s.streams + (SELECT count(*) FROM page g WHERE g.version = g.events),
        lengths = (SELECT array_agg(s.lengths[l.class] + l.streams ORDER BY l.class) FROM lengths l)
    WHERE s.tenant_id = p_tenant;
    RETURN v_to < v_head;
END
$$;

-- 1 for a stream of one event, 2 for up to 10, 3 for up to 100 …
CREATE FUNCTION ${schema}.length_class_v1(p_version bigint) RETURNS integer
LANGUAGE sql
IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN p_version = 1 THEN 1 ELSE length((p_version - 1)::text) + 1 END
$$;

-- A log in numbers. What was recorded in the last minute and hour is found by binary search, since positions have no gaps and recorded_at
-- grows with them.
CREATE FUNCTION ${schema}.tenant_statistics_v1(
    p_tenant        text,
    p_most          bigint,
    OUT head        bigint,
    OUT last_minute bigint,
    OUT last_hour   bigint,
    OUT counted     bigint,
    OUT bytes       bigint,
    OUT streams     bigint,
    OUT lengths     bigint[]
)
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET enable_sort = off
AS $$
DECLARE
    v_now timestamptz := ${schema}.clock();
BEGIN
    PERFORM ${schema}.count_events_v1(p_tenant, p_most);
    SELECT e.position
    INTO head
    FROM ${schema}.events e
    WHERE e.tenant_id = p_tenant
    ORDER BY e.position DESC
    LIMIT 1;
    head := coalesce(head, 0);
    last_minute := head - ${schema}.search_position_v1(p_tenant, v_now - interval '1 minute', head);
    last_hour := head - ${schema}.search_position_v1(p_tenant, v_now - interval '1 hour', head);
    SELECT s.position, s.bytes, s.streams, s.lengths
    INTO counted, bytes, streams, lengths
    FROM ${schema}.statistics s
    WHERE s.tenant_id = p_tenant;
END
$$;

REVOKE ALL ON FUNCTION ${schema}.count_events_v1(text, bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION ${schema}.length_class_v1(bigint) FROM PUBLIC;
REVOKE ALL ON FUNCTION ${schema}.tenant_statistics_v1(text, bigint) FROM PUBLIC;
