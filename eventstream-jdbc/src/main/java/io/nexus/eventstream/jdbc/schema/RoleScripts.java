package io.nexus.eventstream.jdbc.schema;

import java.util.stream.Collectors;

/** The scripts that make roles, and that give them what they need on a schema and nothing else. */
final class RoleScripts {

    private static final String ROLES = """
            -- The roles of EventStream's event log. Once a cluster, and once in each database with such a log, as a superuser or
            -- as a role that may create roles and owns the database. It can be run again.
            DO $$
            DECLARE
                v_role text;
            BEGIN
                FOREACH v_role IN ARRAY ARRAY[${roles}] LOOP
                    BEGIN
                        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = v_role) THEN
                            EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', v_role);
                        END IF;
                    EXCEPTION WHEN duplicate_object OR unique_violation THEN
                        -- Somebody else has created it meanwhile: roles belong to the cluster.
                        NULL;
                    END;
                END LOOP;
                EXECUTE format('GRANT CREATE ON DATABASE %I TO %I', current_database(), '${owner}');
            END
            $$;
            -- With it the library can say by which statement, and for how long, somebody is in the way:
            --   GRANT pg_read_all_stats TO ${owner};
            -- Who migrates the schema:
            --   CREATE ROLE ledger_migrator LOGIN PASSWORD '...'; GRANT ${owner} TO ledger_migrator;
            -- An application that appends, reads and runs projections:
            --   CREATE ROLE ledger_app LOGIN PASSWORD '...'; GRANT ${writer}, ${engine} TO ledger_app;
            """;

    private static final String GRANTS = """
            -- Owners and privileges of EventStream's event log in schema ${schema}: gives each role what it needs, and takes away
            -- everything else that anybody has. As a superuser, or as a member of ${owner} where that owns everything already.
            -- It can be run again, and after a restore must be.
            DO $$
            DECLARE
                v_missing text;
                v_change  record;
            BEGIN
                SELECT string_agg(r.name, ', ' ORDER BY r.place)
                INTO v_missing
                FROM unnest(ARRAY[${roles}]) WITH ORDINALITY AS r (name, place)
                WHERE NOT EXISTS (SELECT FROM pg_roles p WHERE p.rolname = r.name);
                IF v_missing IS NOT NULL THEN
                    RAISE EXCEPTION 'these roles do not exist in this cluster: %; create them first (SchemaMigrator.rolesSql())', v_missing;
                END IF;
                -- One at a time, on any number of nodes that start at once.
                PERFORM pg_advisory_xact_lock(hashtext('eventstream grants'), hashtext('${schema}'));

                FOR v_change IN
                    SELECT format('ALTER %s %s OWNER TO ${owner}', o.kind, o.object) AS sql
                    FROM (
                        ${owned}
                    ) o
                    WHERE o.owner <> (SELECT r.oid FROM pg_roles r WHERE r.rolname = '${owner}')
                LOOP
                    EXECUTE v_change.sql;
                END LOOP;

                FOR v_change IN
                    SELECT format(
                        'REVOKE %s %s FROM %s CASCADE',
                        a.privilege,
                        CASE WHEN a.kind = 'COLUMN' THEN a.object ELSE format('ON %s %s', a.kind, a.object) END,
                        CASE WHEN a.role = 'public' THEN 'PUBLIC' ELSE quote_ident(a.role) END) AS sql
                    FROM (
                        ${actual}
                    ) a
                    WHERE a.grantable OR (a.kind, a.name, a.privilege, a.role) NOT IN (
                        ${wanted})
                LOOP
                    EXECUTE v_change.sql;
                END LOOP;

                FOR v_change IN
                    SELECT format('GRANT %s ON %s %s TO %I', w.privilege, w.kind, t.object, w.role) AS sql
                    FROM (
                        ${wanted}
                    ) AS w (kind, name, privilege, role)
                    JOIN (
                        SELECT 'SCHEMA' AS kind, '${schema}' AS name, '${schema}' AS object
                        UNION ALL
                        SELECT 'TABLE', c.relname, format('%I.%I', n.nspname, c.relname)
                        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                        WHERE n.nspname = '${schema}' AND c.relkind IN ('r', 'p')
                        UNION ALL
                        SELECT 'FUNCTION', p.proname,
                               format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid))
                        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                        WHERE n.nspname = '${schema}'
                    ) t ON t.kind = w.kind AND t.name = w.name
                    WHERE (w.kind, w.name, w.privilege, w.role) NOT IN (
                        SELECT a.kind, a.name, a.privilege, a.role
                        FROM (
                            ${actual}
                        ) a)
                LOOP
                    EXECUTE v_change.sql;
                END LOOP;
            END
            $$;
            """;

    private RoleScripts() {}

    static String roles(SchemaRoles roles) {
        return ROLES.replace("${roles}", quoted(roles))
                .replace("${owner}", roles.owner())
                .replace("${writer}", roles.writer())
                .replace("${engine}", roles.engine());
    }

    static String grants(SchemaName schema, SchemaRoles roles) {
        return GRANTS.replace("${actual}", SchemaPrivileges.actual(schema))
                .replace("${owned}", SchemaPrivileges.owned(schema))
                .replace("${wanted}", SchemaPrivileges.wanted(schema, roles))
                .replace("${roles}", quoted(roles))
                .replace("${owner}", roles.owner())
                .replace("${schema}", schema.value());
    }

    static String quoted(SchemaRoles roles) {
        return roles.names().stream().map(name -> "'" + name + "'").collect(Collectors.joining(", "));
    }
}
