-- A migration waits for other transactions for a bounded time only.
SET LOCAL lock_timeout = '10s';

-- The second wall between tenants, behind the predicate in every statement: a policy on every table that has a tenant, and on
-- each partition, for whoever reaches past the parent. Without ${schema}.tenant no row is seen, and none can be written. It is
-- not forced upon the owner, whose functions name their tenant and must see the whole of its log. What the audit says about
-- all tenants has the tenant '' and is seen by everybody who may read the audit.
--
-- The policies stand in any case; whether they count was chosen when the schema was created.
DO $$
DECLARE
    v_table regclass;
    v_seen  text;
BEGIN
    FOR v_table, v_seen IN
        SELECT
            c.oid,
            CASE WHEN c.relname = 'audit_log'
                THEN 'tenant_id IN ('''', current_setting(''${schema}.tenant'', true))'
                ELSE 'tenant_id = nullif(current_setting(''${schema}.tenant'', true), '''')'
            END
        FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
        WHERE c.relnamespace = '${schema}'::regnamespace AND c.relkind IN ('r', 'p')
    LOOP
        EXECUTE format('CREATE POLICY tenant_wall ON %s USING (%s) WITH CHECK (%s)', v_table, v_seen, v_seen);
        IF ${row_security} THEN
            EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', v_table);
        END IF;
    END LOOP;
END
$$;

-- The triggers that refuse changes fire in every session, also in one that plays a replica (session_replication_role).
DO $$
DECLARE
    v_trigger record;
BEGIN
    FOR v_trigger IN
        SELECT t.tgrelid::regclass AS on_table, t.tgname AS name
        FROM pg_trigger t
        JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = '${schema}'::regnamespace
          -- PostgreSQL 14 calls a partition's copy of a trigger internal.
          AND (NOT t.tgisinternal OR t.tgparentid <> 0)
    LOOP
        EXECUTE format('ALTER TABLE ONLY %s ENABLE ALWAYS TRIGGER %I', v_trigger.on_table, v_trigger.name);
    END LOOP;
END
$$;
