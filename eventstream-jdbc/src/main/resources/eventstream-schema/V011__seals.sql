-- A migration waits for other transactions for a bounded time only.
SET LOCAL lock_timeout = '10s';

-- Signed statements about stretches of a log, one after the other without gaps. Copies of them are kept elsewhere, where whoever has all
-- rights in this database cannot reach them; docs/hash-chain.md specifies what is signed.
CREATE TABLE ${schema}.seals (
    first_position bigint      NOT NULL,
    last_position  bigint      NOT NULL,
    recorded_at    timestamptz NOT NULL,
    sealed_at      timestamptz NOT NULL,
    tenant_id      text        COLLATE "C" NOT NULL,
    key_id         text        COLLATE "C" NOT NULL,
    link_before    bytea       NOT NULL,
    link           bytea       NOT NULL,
    previous       bytea       NOT NULL,
    signature      bytea       NOT NULL,
    CONSTRAINT seals_pkey PRIMARY KEY (tenant_id, last_position),
    CONSTRAINT seals_first_key UNIQUE (tenant_id, first_position),
    CONSTRAINT seals_range_check CHECK (first_position >= 1 AND last_position >= first_position),
    CONSTRAINT seals_key_check CHECK (length(key_id) BETWEEN 1 AND 200),
    CONSTRAINT seals_link_check CHECK (
        octet_length(link_before) = 32 AND octet_length(link) = 32 AND octet_length(previous) = 32)
);

COMMENT ON TABLE ${schema}.seals IS 'Signed statements about stretches of each log, without gaps between them';

CREATE FUNCTION ${schema}.refuse_seal_change() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: seals are never changed or removed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'object_not_in_prerequisite_state';
END
$$;

CREATE TRIGGER seals_append_only
    BEFORE UPDATE OR DELETE ON ${schema}.seals
    FOR EACH ROW EXECUTE FUNCTION ${schema}.refuse_seal_change();

CREATE TRIGGER seals_no_truncate
    BEFORE TRUNCATE ON ${schema}.seals
    FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.refuse_seal_change();

-- What the next seal carries of one: the SHA-256 of what was signed and of the signature.
CREATE FUNCTION ${schema}.seal_digest_v1(
    p_tenant         text,
    p_first_position bigint,
    p_last_position  bigint,
    p_link_before    bytea,
    p_link           bytea,
    p_recorded_at    timestamptz,
    p_sealed_at      timestamptz,
    p_key_id         text,
    p_previous       bytea,
    p_signature      bytea
) RETURNS bytea
LANGUAGE sql
IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT sha256(
        'eventstream.seal.v1'::bytea
        || p_previous
        || int8send(p_first_position)
        || int8send(p_last_position)
        || p_link_before
        || p_link
        || timestamptz_send(p_recorded_at)
        || timestamptz_send(p_sealed_at)
        || int4send(octet_length(p_tenant)) || convert_to(p_tenant, 'UTF8')
        || int4send(octet_length(p_key_id)) || convert_to(p_key_id, 'UTF8')
        || int4send(octet_length(p_signature)) || p_signature)
$$;

-- Keeps a seal that follows the tenant's newest one and says what the log says. Returns 'sealed'; 'outrun' if another was
-- faster, so that it follows none; 'other_links' if it states links, a moment or a seal before it that are not here. The
-- signature is not looked at: the database has no key. A seal that nobody signed stays, and no other is built on it, so this is for
-- those only who are trusted to seal.
CREATE FUNCTION ${schema}.seal_v1(
    p_tenant         text,
    p_first_position bigint,
    p_last_position  bigint,
    p_link_before    bytea,
    p_link           bytea,
    p_recorded_at    timestamptz,
    p_sealed_at      timestamptz,
    p_key_id         text,
    p_previous       bytea,
    p_signature      bytea
) RETURNS text
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET enable_sort = off
AS $$
DECLARE
    v_none   bytea := decode(repeat('00', 32), 'hex');
    v_newest record;
    v_event  record;
BEGIN
    PERFORM ${schema}.require_tenant_v1(p_tenant);
    SELECT
        s.last_position,
        s.link,
        ${schema}.seal_digest_v1(
            s.tenant_id, s.first_position, s.last_position, s.link_before, s.link, s.recorded_at, s.sealed_at,
            s.key_id, s.previous, s.signature) AS digest
    INTO v_newest
    FROM ${schema}.seals s
    WHERE s.tenant_id = p_tenant
    ORDER BY s.last_position DESC
    LIMIT 1;
    IF p_first_position <= v_newest.last_position THEN
        RETURN 'outrun';
    END IF;
    SELECT e.hash, e.recorded_at
    INTO v_event
    FROM ${schema}.events e
    WHERE e.tenant_id = p_tenant AND e.position >= p_last_position AND e.position <= p_last_position
    ORDER BY e.position
    LIMIT 1;
    IF p_first_position <> coalesce(v_newest.last_position, 0) + 1
        OR p_link_before <> coalesce(v_newest.link, v_none)
        OR p_previous <> coalesce(v_newest.digest, v_none)
        OR v_event.hash IS DISTINCT FROM p_link
        OR v_event.recorded_at IS DISTINCT FROM p_recorded_at
    THEN
        RETURN 'other_links';
    END IF;
    INSERT INTO ${schema}.seals (
        first_position, last_position, recorded_at, sealed_at, tenant_id, key_id, link_before, link, previous,
        signature)
    VALUES (
        p_first_position, p_last_position, p_recorded_at, p_sealed_at, p_tenant, p_key_id, p_link_before, p_link,
        p_previous, p_signature)
    ON CONFLICT DO NOTHING;
    RETURN CASE WHEN FOUND THEN 'sealed' ELSE 'outrun' END;
END
$$;

-- Brings events of another database in, exactly as they were, into a log that is empty or that this very transaction has begun
-- to bring in. Whoever may call it can write any history into a tenant that has none; appending needs no right to it.
--
-- Returns 'imported', 'unknown_tenant', 'lane_busy' or 'not_empty'. Everything else is an error, since a transaction that does
-- this has nothing else to save.
CREATE FUNCTION ${schema}.import_events_v1(
    p_tenant          text,
    p_first_position  bigint,
    p_versions        bigint[],
    p_categories      text[],
    p_stream_ids      text[],
    p_event_ids       uuid[],
    p_event_types     text[],
    p_schema_versions integer[],
    p_payloads        bytea[],
    p_metadata        bytea[],
    p_occurred_at     timestamptz[],
    p_recorded_at     timestamptz[],
    p_hashes          bytea[],
    p_lane_wait_ms    integer
) RETURNS text
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
SET enable_sort = off
SET jit = off
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    v_lane   text;
    v_head   record;
    v_xid    bigint;
    v_beyond bigint;
    v_wrong  bigint;
    v_hash   bytea;
BEGIN
    PERFORM ${schema}.require_tenant_v1(p_tenant);
    v_lane := ${schema}.wait_for_lane_v1(p_tenant, p_lane_wait_ms, true);
    IF v_lane <> 'taken' THEN
        RETURN CASE v_lane WHEN 'unknown' THEN 'unknown_tenant' ELSE 'lane_busy' END;
    END IF;

    -- The head is read in a later statement than the lane was taken in, so that it cannot be older.
    SELECT e.position, e.recorded_at, e.hash
    INTO v_head
    FROM ${schema}.events e
    WHERE e.tenant_id = p_tenant
    ORDER BY e.position DESC
    LIMIT 1;
    IF coalesce(v_head.position, 0) <> p_first_position - 1 THEN
        RETURN 'not_empty';
    END IF;
    IF p_first_position > 1 THEN
        -- What can be seen though its transaction is in progress was written by this one. A savepoint, which a driver may set by
        -- itself, has a number of its own, above the transaction's; xmin has the lower half of it.
        v_xid := pg_current_xact_id()::text::bigint;
        SELECT (e.xmin::text::bigint - v_xid) & 4294967295
        INTO v_beyond
        FROM ${schema}.events e
        WHERE e.tenant_id = p_tenant AND e.position = 1;
        IF v_beyond IS NULL OR v_beyond >= 2147483648
            OR pg_xact_status((v_xid + v_beyond)::text::xid8) IS DISTINCT FROM 'in progress'
        THEN
            RETURN 'not_empty';
        END IF;
    END IF;

    IF p_recorded_at[cardinality(p_recorded_at)] > ${schema}.clock() + interval '5 minutes' THEN
        RAISE EXCEPTION 'events of tenant % were recorded in the future; nothing could be appended until then', p_tenant
            USING ERRCODE = 'data_exception';
    END IF;

    SELECT min(s.place)
    INTO v_wrong
    FROM (
        SELECT
            g.place,
            g.recorded_at < lag(g.recorded_at, 1, v_head.recorded_at) OVER (ORDER BY g.place) AS is_earlier,
            g.version <> row_number() OVER (PARTITION BY g.category, g.stream_id ORDER BY g.place) + coalesce((
                SELECT e.version
                FROM ${schema}.events e
                WHERE e.tenant_id = p_tenant AND e.stream_category = g.category AND e.stream_id = g.stream_id
                ORDER BY e.version DESC
                LIMIT 1), 0) AS is_other_version
        FROM unnest(p_versions, p_categories, p_stream_ids, p_recorded_at)
            WITH ORDINALITY AS g (version, category, stream_id, recorded_at, place)
    ) s
    WHERE s.is_earlier OR s.is_other_version;
    IF v_wrong IS NOT NULL THEN
        RAISE EXCEPTION 'the event at position % of tenant % does not follow those before it',
            p_first_position + v_wrong - 1, p_tenant
            USING ERRCODE = 'data_exception';
    END IF;

    v_hash := coalesce(v_head.hash, decode(repeat('00', 32), 'hex'));
    FOR i IN 1 .. cardinality(p_event_ids) LOOP
        v_hash := ${schema}.link_v1(
            v_hash, p_first_position + i - 1, p_versions[i], p_schema_versions[i], p_occurred_at[i], p_recorded_at[i],
            p_event_ids[i], ${schema}.stream_bytes_v1(p_tenant, p_categories[i], p_stream_ids[i]), p_event_types[i],
            p_payloads[i], p_metadata[i]);
        IF v_hash IS DISTINCT FROM p_hashes[i] THEN
            RAISE EXCEPTION 'the event at position % of tenant % has another link than the one given',
                p_first_position + i - 1, p_tenant
                USING ERRCODE = 'data_exception';
        END IF;
    END LOOP;

    INSERT INTO ${schema}.events (
        position, version, occurred_at, recorded_at, schema_version, event_id, tenant_id, stream_category, stream_id,
        event_type, hash, payload, metadata)
    SELECT
        g.position,
        g.version,
        g.occurred_at,
        g.recorded_at,
        g.schema_version,
        g.event_id,
        p_tenant,
        g.category,
        g.stream_id,
        g.event_type,
        g.hash,
        convert_from(g.payload, 'UTF8')::json,
        convert_from(g.metadata, 'UTF8')::json
    FROM (
        SELECT
            generate_series(p_first_position, p_first_position + cardinality(p_event_ids) - 1) AS position,
            unnest(p_versions)        AS version,
            unnest(p_occurred_at)     AS occurred_at,
            unnest(p_recorded_at)     AS recorded_at,
            unnest(p_schema_versions) AS schema_version,
            unnest(p_event_ids)       AS event_id,
            unnest(p_categories)      AS category,
            unnest(p_stream_ids)      AS stream_id,
            unnest(p_event_types)     AS event_type,
            unnest(p_hashes)          AS hash,
            unnest(p_payloads)        AS payload,
            unnest(p_metadata)        AS metadata
    ) g;
    RETURN 'imported';
END
$$;

REVOKE ALL ON FUNCTION ${schema}.refuse_seal_change() FROM PUBLIC;
REVOKE ALL ON FUNCTION ${schema}.seal_digest_v1(
    text, bigint, bigint, bytea, bytea, timestamptz, timestamptz, text, bytea, bytea) FROM PUBLIC;
REVOKE ALL ON FUNCTION ${schema}.seal_v1(
    text, bigint, bigint, bytea, bytea, timestamptz, timestamptz, text, bytea, bytea) FROM PUBLIC;
REVOKE ALL ON FUNCTION ${schema}.import_events_v1(
    text, bigint, bigint[], text[], text[], uuid[], text[], integer[], bytea[], bytea[], timestamptz[], timestamptz[],
    bytea[], integer) FROM PUBLIC;
