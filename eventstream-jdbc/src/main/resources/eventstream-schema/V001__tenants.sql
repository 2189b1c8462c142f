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

-- A session can be bound to a tenant by the setting ${schema}.tenant. Row-level security then shows it that tenant's rows
-- alone, and calls for another tenant are refused. The setting is only ever made for a transaction; ended ones leave it ''.
CREATE FUNCTION ${schema}.refuse_tenant_v1(p_tenant text) RETURNS text
LANGUAGE plpgsql
STABLE
AS $$
BEGIN
    RAISE EXCEPTION 'the session is bound to tenant %, the call is for tenant %',
        current_setting('${schema}.tenant', true), p_tenant
        USING ERRCODE = 'ES001';
END
$$;

-- Binds the transaction. Written as one expression, which PostgreSQL takes into the calling statement.
CREATE FUNCTION ${schema}.enter_tenant_v1(p_tenant text) RETURNS text
LANGUAGE sql
VOLATILE
AS $$
    SELECT CASE
        WHEN coalesce(current_setting('${schema}.tenant', true), '') = '' THEN set_config('${schema}.tenant', p_tenant, true)
        WHEN current_setting('${schema}.tenant', true) = p_tenant THEN p_tenant
        ELSE ${schema}.refuse_tenant_v1(p_tenant)
    END
$$;

-- The same for one statement in a transaction of the caller; leave_tenant_v1 takes back what this has set, and nothing else.
CREATE FUNCTION ${schema}.visit_tenant_v1(p_tenant text) RETURNS text
LANGUAGE sql
VOLATILE
AS $$
    SELECT CASE
        WHEN coalesce(current_setting('${schema}.tenant', true), '') = ''
            THEN set_config('${schema}.visiting', 'on', true) || set_config('${schema}.tenant', p_tenant, true)
        WHEN current_setting('${schema}.tenant', true) = p_tenant THEN p_tenant
        ELSE ${schema}.refuse_tenant_v1(p_tenant)
    END
$$;

CREATE FUNCTION ${schema}.leave_tenant_v1() RETURNS text
LANGUAGE sql
VOLATILE
AS $$
    SELECT CASE
        WHEN current_setting('${schema}.visiting', true) = 'on'
            THEN set_config('${schema}.visiting', '', true) || set_config('${schema}.tenant', '', true)
    END
$$;

-- What functions ask that run with the owner's rights, who sees all tenants: may the session call them for this one?
CREATE FUNCTION ${schema}.require_tenant_v1(p_tenant text) RETURNS text
LANGUAGE sql
STABLE
AS $$
    SELECT CASE
        WHEN coalesce(current_setting('${schema}.tenant', true), '') IN ('', p_tenant) THEN p_tenant
        ELSE ${schema}.refuse_tenant_v1(p_tenant)
    END
$$;

REVOKE ALL ON FUNCTION ${schema}.refuse_tenant_v1(text) FROM PUBLIC;
REVOKE ALL ON FUNCTION ${schema}.enter_tenant_v1(text) FROM PUBLIC;
REVOKE ALL ON FUNCTION ${schema}.visit_tenant_v1(text) FROM PUBLIC;
REVOKE ALL ON FUNCTION ${schema}.leave_tenant_v1() FROM PUBLIC;
REVOKE ALL ON FUNCTION ${schema}.require_tenant_v1(text) FROM PUBLIC;
