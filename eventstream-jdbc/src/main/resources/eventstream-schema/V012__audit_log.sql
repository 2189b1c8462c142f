-- A migration waits for other transactions for a bounded time only.
SET LOCAL lock_timeout = '10s';

-- Who did or tried what: entries of the audit, without payloads and metadata of events. A call that concerns all tenants has an empty
-- tenant_id. Of one call there are one or two entries, BEGUN and how it ended.
CREATE TABLE ${schema}.audit_log (
    tenant_id      text        COLLATE "C" NOT NULL,
    written_at     timestamptz NOT NULL,
    call_id        uuid        NOT NULL,
    outcome        text        COLLATE "C" NOT NULL,
    called_at      timestamptz NOT NULL,
    actor          text        COLLATE "C" NOT NULL,
    roles          text[]      COLLATE "C" NOT NULL,
    operation      text        COLLATE "C" NOT NULL,
    call           text        COLLATE "C" NOT NULL,
    categories     text[]      COLLATE "C" NOT NULL,
    stream_ids     text[]      COLLATE "C" NOT NULL,
    event_id       uuid,
    events         bigint      NOT NULL,
    first_position bigint,
    last_position  bigint,
    detail         text        COLLATE "C",
    CONSTRAINT audit_log_pkey PRIMARY KEY (tenant_id, written_at, call_id, outcome),
    CONSTRAINT audit_log_outcome_check CHECK (
        outcome IN ('BEGUN', 'DONE', 'DENIED', 'CONFLICT', 'FAILED', 'UNKNOWN')),
    CONSTRAINT audit_log_events_check CHECK (events >= 0)
);

COMMENT ON TABLE ${schema}.audit_log IS 'Who did or tried what, when, and how it ended';
COMMENT ON COLUMN ${schema}.audit_log.categories IS
    'What the call was about: the categories, or of each stream in stream_ids its category; empty for every category';

-- As events are, it is append-only even for its owner's plain statements.
CREATE FUNCTION ${schema}.refuse_audit_change() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: the audit is never changed', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'object_not_in_prerequisite_state';
END
$$;

REVOKE ALL ON FUNCTION ${schema}.refuse_audit_change() FROM PUBLIC;

CREATE TRIGGER audit_log_append_only
    BEFORE UPDATE OR DELETE ON ${schema}.audit_log
    FOR EACH ROW EXECUTE FUNCTION ${schema}.refuse_audit_change();

CREATE TRIGGER audit_log_no_truncate
    BEFORE TRUNCATE ON ${schema}.audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.refuse_audit_change();

-- Adds an entry, at the database's time. Whether its commit waits for the disk is decided for this transaction alone.
CREATE FUNCTION ${schema}.audit_v1(
    p_tenant         text,
    p_call_id        uuid,
    p_outcome        text,
    p_called_at      timestamptz,
    p_actor          text,
    p_roles          text[],
    p_operation      text,
    p_call           text,
    p_categories     text[],
    p_stream_ids     text[],
    p_event_id       uuid,
    p_events         bigint,
    p_first_position bigint,
    p_last_position  bigint,
    p_detail         text,
    p_synchronous    boolean
) RETURNS void
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT p_synchronous THEN
        PERFORM set_config('synchronous_commit', 'off', true);
    ELSIF current_setting('synchronous_commit') IN ('off', 'local', 'remote_write') THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
    INSERT INTO ${schema}.audit_log (
        tenant_id,
        written_at,
        call_id,
        outcome,
        called_at,
        actor,
        roles,
        operation,
        call,
        categories,
        stream_ids,
        event_id,
        events,
        first_position,
        last_position,
        detail
    )
    VALUES (
        p_tenant,
        clock_timestamp(),
        p_call_id,
        p_outcome,
        p_called_at,
        p_actor,
        p_roles,
        p_operation,
        p_call,
        p_categories,
        p_stream_ids,
        p_event_id,
        p_events,
        p_first_position,
        p_last_position,
        p_detail
    );
END
$$;

REVOKE ALL ON FUNCTION ${schema}.audit_v1(
    text, uuid, text, timestamptz, text, text[], text, text, text[], text[], uuid, bigint, bigint, bigint, text, boolean)
    FROM PUBLIC;
