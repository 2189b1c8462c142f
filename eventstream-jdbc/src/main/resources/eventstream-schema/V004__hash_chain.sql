-- A migration waits for other transactions for a bounded time only.
SET LOCAL lock_timeout = '10s';

-- The link of an event in its tenant's hash chain, layout version 1; docs/hash-chain.md specifies it. Every text is UTF-8
-- with its length in front. Times are PostgreSQL's own binary form, microseconds since 2000-01-01 UTC, which depends on no
-- setting of the session.
CREATE FUNCTION ${schema}.link_v1(
    p_previous        bytea,
    p_position        bigint,
    p_version         bigint,
    p_schema_version  integer,
    p_occurred_at     timestamptz,
    p_recorded_at     timestamptz,
    p_event_id        uuid,
    p_tenant_id       text,
    p_stream_category text,
    p_stream_id       text,
    p_event_type      text,
    p_payload         bytea,
    p_metadata        bytea
) RETURNS bytea
LANGUAGE plpgsql
IMMUTABLE
AS $$
BEGIN
    RETURN sha256(
        'eventstream.event.v1'::bytea
        || p_previous
        || int8send(p_position)
        || int8send(p_version)
        || int4send(p_schema_version)
        || timestamptz_send(p_occurred_at)
        || timestamptz_send(p_recorded_at)
        || uuid_send(p_event_id)
        || int4send(octet_length(p_tenant_id)) || convert_to(p_tenant_id, 'UTF8')
        || int4send(octet_length(p_stream_category)) || convert_to(p_stream_category, 'UTF8')
        || int4send(octet_length(p_stream_id)) || convert_to(p_stream_id, 'UTF8')
        || int4send(octet_length(p_event_type)) || convert_to(p_event_type, 'UTF8')
        || int4send(octet_length(p_payload)) || p_payload
        || int4send(octet_length(p_metadata)) || p_metadata);
END
$$;

-- The same over the rows of one append, in order: the aggregate's state is the link before, and p_head stands for it at
-- the first row.
CREATE FUNCTION ${schema}.chain_step_v1(
    p_state           bytea,
    p_head            bytea,
    p_position        bigint,
    p_version         bigint,
    p_schema_version  integer,
    p_occurred_at     timestamptz,
    p_recorded_at     timestamptz,
    p_event_id        uuid,
    p_tenant_id       text,
    p_stream_category text,
    p_stream_id       text,
    p_event_type      text,
    p_payload         bytea,
    p_metadata        bytea
) RETURNS bytea
LANGUAGE plpgsql
IMMUTABLE
AS $$
BEGIN
    RETURN ${schema}.link_v1(
        coalesce(p_state, p_head), p_position, p_version, p_schema_version, p_occurred_at, p_recorded_at, p_event_id,
        p_tenant_id, p_stream_category, p_stream_id, p_event_type, p_payload, p_metadata);
END
$$;

CREATE AGGREGATE ${schema}.chain_v1(
    bytea, bigint, bigint, integer, timestamptz, timestamptz, uuid, text, text, text, text, bytea, bytea
) (
    SFUNC = ${schema}.chain_step_v1,
    STYPE = bytea
);

REVOKE ALL ON FUNCTION ${schema}.link_v1(
    bytea, bigint, bigint, integer, timestamptz, timestamptz, uuid, text, text, text, text, bytea, bytea) FROM PUBLIC;
REVOKE ALL ON FUNCTION ${schema}.chain_step_v1(
    bytea, bytea, bigint, bigint, integer, timestamptz, timestamptz, uuid, text, text, text, text, bytea, bytea)
    FROM PUBLIC;
REVOKE ALL ON FUNCTION ${schema}.chain_v1(
    bytea, bigint, bigint, integer, timestamptz, timestamptz, uuid, text, text, text, text, bytea, bytea) FROM PUBLIC;
