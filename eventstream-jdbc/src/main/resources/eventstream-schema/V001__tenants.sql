-- A migration waits for other transactions for a bounded time only.
SET LOCAL lock_timeout = '10s';

-- One row a tenant. The row is the tenant's lane: an append locks it and never updates it, so that no dead row versions
-- pile up while somebody holds a long snapshot. No foreign key may refer to it: every insert into the referring table
-- would lock the row as well and turn the lane into multixacts.
DO $$
BEGIN
    IF current_setting('server_encoding') <> 'UTF8' THEN
        RAISE EXCEPTION 'EventStream needs a database with the encoding UTF8, this one has %',
            current_setting('server_encoding');
    END IF;
END
$$;

CREATE TABLE ${schema}.tenants (
    tenant_id  text        COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT tenants_pkey PRIMARY KEY (tenant_id)
);

COMMENT ON TABLE ${schema}.tenants IS 'One row a tenant; the row lock is the lane that appends go through';
