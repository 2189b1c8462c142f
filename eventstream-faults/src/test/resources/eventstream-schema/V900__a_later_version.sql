-- A migration waits for other transactions for a bounded time only.
SET LOCAL lock_timeout = '10s';

-- Stands for what a later version may do to the log: it needs the strongest lock there is.
ALTER TABLE ${schema}.events ADD COLUMN of_a_later_version text;
