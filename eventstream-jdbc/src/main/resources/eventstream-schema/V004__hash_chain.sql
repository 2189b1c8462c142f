-- A migration waits for other transactions for a bounded time only.
SET LOCAL lock_timeout = '10s';

-- The link of an event in its tenant's hash chain, layout version 1; docs/hash-chain.md specifies it. Every text is UTF-8
-- with its length in front. Times are PostgreSQL's own binary form, microseconds since 2000-01-01 UTC, which depends on no
-- setting of the session.
--
-- Both functions are a single expression, and STABLE as the weakest of its parts (convert_to) is, so that PostgreSQL puts them
-- in place where they are used: a call costs as much as half of the hashing. What all events of a stream have in common is its
-- own function because an append of many events needs it once.
CREATE FUNCTION ${schema}.stream_bytes_v1(p_tenant_id text, p_stream_category text, p_stream_id text) RETURNS bytea
LANGUAGE sql
STABLE
AS $$
    SELECT int4send(octet_length(p_tenant_id)) || convert_to(p_tenant_id, 'UTF8')
        || int4send(octet_length(p_stream_category)) || convert_to(p_stream_category, 'UTF8')
        || int4send(octet_length(p_stream_id)) || convert_to(p_stream_id, 'UTF8')
$$;

CREATE FUNCTION ${schema}.link_v1(
    p_previous       bytea,
    p_position       bigint,
    p_version        bigint,
    p_schema_version integer,
    p_occurred_at    timestamptz,
    p_recorded_at    timestamptz,
    p_event_id       uuid,
    p_stream_bytes   bytea,
    p_event_type     text,
    p_payload        bytea,
    p_metadata       bytea
) RETURNS bytea
LANGUAGE sql
STABLE
AS $$
    SELECT sha256(
        'eventstream.event.v1'::bytea
        || p_previous
        || int8send(p_position)
        || int8send(p_version)
        || int4send(p_schema_version)
        || timestamptz_send(p_occurred_at)
        || timestamptz_send(p_recorded_at)
        || uuid_send(p_event_id)
        || p_stream_bytes
        || int4send(octet_length(p_event_type)) || convert_to(p_event_type, 'UTF8')
        || int4send(octet_length(p_payload)) || p_payload
        || int4send(octet_length(p_metadata)) || p_metadata)
$$;

REVOKE ALL ON FUNCTION ${schema}.stream_bytes_v1(text, text, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION ${schema}.link_v1(
    bytea, bigint, bigint, integer, timestamptz, timestamptz, uuid, bytea, text, bytea, bytea) FROM PUBLIC;
