-- A migration waits for other transactions for a bounded time only.
SET LOCAL lock_timeout = '10s';

-- The clock that events are recorded by, in one place.
CREATE FUNCTION ${schema}.clock() RETURNS timestamptz
LANGUAGE sql
VOLATILE
AS $$ SELECT clock_timestamp() $$;

REVOKE ALL ON FUNCTION ${schema}.clock() FROM PUBLIC;
