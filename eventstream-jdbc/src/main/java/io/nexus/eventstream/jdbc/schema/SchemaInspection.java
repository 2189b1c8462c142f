package io.nexus.eventstream.jdbc.schema;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether a schema's walls stand: roles and their members, owners, privileges, functions, triggers, columns and
 * constraints, row-level security. Changes nothing.
 */
final class SchemaInspection {

    private static final String ROLES = """
            SELECT format('role %s does not exist in this cluster: run rolesSql(), then grantsSql(), as a superuser', w.name)
            FROM unnest(ARRAY[${roles}]) AS w (name)
            WHERE NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = w.name)
            UNION ALL
            SELECT format('role %s is a superuser, whom nothing stops: ALTER ROLE %s NOSUPERUSER', r.rolname, r.rolname)
            FROM pg_roles r
            WHERE r.rolname IN (${roles}) AND r.rolsuper
            UNION ALL
            SELECT format('role %s passes row-level security by: ALTER ROLE %s NOBYPASSRLS', r.rolname, r.rolname)
            FROM pg_roles r
            WHERE r.rolname IN (${roles}) AND r.rolbypassrls
            UNION ALL
            SELECT format('role %s can log in: ALTER ROLE %s NOLOGIN, and let logins be members of it', r.rolname, r.rolname)
            FROM pg_roles r
            WHERE r.rolname IN (${roles}) AND r.rolcanlogin
            UNION ALL
            SELECT format('role %s is a member of the owner: REVOKE ${owner} FROM %s', r.rolname, r.rolname)
            FROM pg_roles r
            JOIN pg_roles o ON o.rolname = '${owner}'
            WHERE r.rolname IN (${roles}) AND r.oid <> o.oid AND pg_has_role(r.oid, o.oid, 'MEMBER') AND NOT r.rolsuper
            """;

    /** Who passes the walls by though nothing in the schema says so. A superuser is a member of everything by himself. */
    private static final String LOGINS = """
            WITH members AS (
                SELECT DISTINCT r.oid, r.rolname, r.rolsuper, r.rolbypassrls
                FROM pg_roles r
                JOIN pg_roles d ON d.rolname IN (${roles}) AND d.rolname <> '${owner}'
                WHERE r.rolname NOT IN (${roles})
                  AND CASE
                      WHEN r.rolsuper
                          THEN EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid AND m.roleid = d.oid)
                      ELSE pg_has_role(r.oid, d.oid, 'MEMBER')
                  END
            )
            SELECT format('%s works with the log and is a superuser, whom nothing stops: ALTER ROLE %s NOSUPERUSER',
                m.rolname,
                m.rolname)
            FROM members m
            WHERE m.rolsuper
            UNION ALL
            SELECT format('%s works with the log and passes row-level security by: ALTER ROLE %s NOBYPASSRLS',
                m.rolname,
                m.rolname)
            FROM members m
            WHERE m.rolbypassrls AND NOT m.rolsuper
            UNION ALL
            SELECT format('%s works with the log and may act as %s, who %s: revoke that',
                m.rolname,
                p.rolname,
                CASE WHEN p.rolsuper THEN 'is a superuser' ELSE 'passes row-level security by' END)
            FROM members m
            JOIN pg_roles p ON (p.rolsuper OR p.rolbypassrls) AND p.oid <> m.oid AND pg_has_role(m.oid, p.oid, 'MEMBER')
            WHERE NOT m.rolsuper
            UNION ALL
            SELECT format('%s may do what %s may, whom no privilege stops: revoke that', r.rolname, p.rolname)
            FROM pg_roles r
            JOIN pg_roles p ON p.oid <> r.oid AND pg_has_role(r.oid, p.oid, 'MEMBER')
            WHERE NOT r.rolsuper
              AND (p.rolname IN ('pg_write_all_data', 'pg_write_server_files', 'pg_execute_server_program')
                      AND (r.rolcanlogin OR r.rolname IN (${roles}))
                  OR p.rolname IN ('pg_read_all_data', 'pg_read_server_files')
                      AND (r.rolname IN (${roles}) OR EXISTS (SELECT FROM members m WHERE m.oid = r.oid)))
            """;

    private static final String OWNERS = """
            SELECT format('%s owned by %s and not by ${owner}, run grantsSql() as a superuser: %s',
                count(*) || CASE WHEN count(*) = 1 THEN ' object is' ELSE ' objects are' END,
                r.rolname,
                string_agg(o.kind || ' ' || o.object, ', ' ORDER BY o.kind DESC, o.object))
            FROM (
                ${owned}
            ) o
            LEFT JOIN pg_roles r ON r.oid = o.owner
            WHERE r.rolname IS DISTINCT FROM '${owner}'
            GROUP BY r.rolname
            """;

    private static final String PRIVILEGES = """
            WITH wanted AS (
                ${wanted}
            ),
            actual AS (
                ${actual}
            )
            SELECT format('%s may %s on %s %s and should not: run grantsSql()',
                CASE WHEN a.role = 'public' THEN 'everybody' ELSE a.role END,
                a.privilege || CASE WHEN a.grantable THEN ', and grant it to others,' ELSE '' END,
                a.kind,
                a.name)
            FROM actual a
            WHERE a.grantable
               OR NOT EXISTS (
                   SELECT FROM wanted w
                   WHERE w.kind = a.kind AND w.name = a.name AND w.privilege = a.privilege AND w.role = a.role)
            UNION ALL
            SELECT format('%s lacks %s on %s %s: run grantsSql()', w.role, w.privilege, w.kind, w.name)
            FROM wanted w
            WHERE NOT EXISTS (
                SELECT FROM actual a
                WHERE w.kind = a.kind AND w.name = a.name AND w.privilege = a.privilege AND w.role = a.role)
            """;

    private static final String FUNCTIONS = """
            SELECT format(
                'function %s runs with the owner''s rights and does not pin its search_path: restore it from the migrations',
                p.proname)
            FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname = '${schema}' AND p.prosecdef
              AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false)
            UNION ALL
            SELECT CASE
                WHEN p.oid IS NULL THEN format('function %s is missing: restore it from the migrations', w.name)
                ELSE format(
                    'function %s(%s) is not what the migrations made: restore it from them, or drop it if it is not theirs',
                    p.proname,
                    pg_get_function_identity_arguments(p.oid))
            END
            FROM (VALUES
                ${functions}
            ) AS w (name, digest)
            LEFT JOIN (
                pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace AND n.nspname = '${schema}'
            ) ON p.proname = w.name
            WHERE p.oid IS NULL OR w.digest <> ${digest}
            """;

    private static final String TRIGGERS = """
            SELECT format('trigger %s on %s %s: as the owner, ALTER TABLE ONLY ${schema}.%s ENABLE ALWAYS TRIGGER %s',
                w.trigger,
                x.relname,
                CASE
                    WHEN t.oid IS NULL THEN 'is missing, create it as the migrations do'
                    WHEN t.tgenabled <> 'A' THEN 'does not always fire'
                    ELSE 'is not what the migrations made, create it as they do'
                END,
                x.relname,
                w.trigger)
            FROM (VALUES
                ${triggers}
            ) AS w (name, trigger, function, type)
            JOIN pg_namespace n ON n.nspname = '${schema}'
            JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
            CROSS JOIN LATERAL (
                SELECT c.oid AS relid
                UNION
                SELECT i.inhrelid FROM pg_inherits i WHERE i.inhparent = c.oid AND c.relkind = 'p'
            ) r
            JOIN pg_class x ON x.oid = r.relid
            LEFT JOIN pg_trigger t ON t.tgrelid = r.relid AND t.tgname = w.trigger
            WHERE t.tgenabled IS DISTINCT FROM 'A'
               OR t.tgtype <> w.type
               OR t.tgqual IS NOT NULL
               OR array_length(t.tgattr, 1) > 0
               OR t.tgfoid NOT IN (SELECT p.oid FROM pg_proc p WHERE p.pronamespace = n.oid AND p.proname = w.function)
            UNION ALL
            SELECT format('table %s has the trigger %s as well, which may change what is written: DROP TRIGGER %s ON ${schema}.%s',
                c.relname,
                t.tgname,
                t.tgname,
                c.relname)
            FROM pg_trigger t
            JOIN pg_class c ON c.oid = t.tgrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = '${schema}' AND NOT t.tgisinternal
              AND t.tgname NOT IN (
                  SELECT w.trigger FROM (VALUES
                      ${triggers}
                  ) AS w (name, trigger, function, type))
            UNION ALL
            SELECT format('table %s has the rule %s, which changes what statements do: DROP RULE %s ON ${schema}.%s',
                c.relname,
                r.rulename,
                r.rulename,
                c.relname)
            FROM pg_rewrite r
            JOIN pg_class c ON c.oid = r.ev_class AND c.relkind IN ('r', 'p')
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = '${schema}'
            UNION ALL
            SELECT format('rows of %s are read as rows of table %s: ALTER TABLE %s NO INHERIT ${schema}.%s',
                i.inhrelid::regclass,
                c.relname,
                i.inhrelid::regclass,
                c.relname)
            FROM pg_inherits i
            JOIN pg_class c ON c.oid = i.inhparent AND c.relkind = 'r'
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = '${schema}'
            """;

    private static final String SHAPE = """
            WITH actual AS (
                ${actual_shape}
            )
            SELECT format('table %s should have and has not, or otherwise: %s; restore it from the migrations', w.name, w.part)
            FROM (VALUES
                ${shape}
            ) AS w (name, part)
            WHERE NOT EXISTS (SELECT FROM actual a WHERE a.name = w.name AND a.part = w.part)
            """;

    private static final String ROW_SECURITY = """
            WITH tenant_tables AS (
                SELECT c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity
                FROM pg_class c
                JOIN pg_namespace n ON n.oid = c.relnamespace
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
                WHERE n.nspname = '${schema}' AND c.relkind IN ('r', 'p')
            )
            SELECT format('row-level security is %s for table %s: as the owner, ALTER TABLE ${schema}.%s %s ROW LEVEL SECURITY',
                CASE WHEN c.relrowsecurity THEN 'on' ELSE 'off' END,
                c.relname,
                c.relname,
                CASE WHEN c.relrowsecurity THEN 'DISABLE' ELSE 'ENABLE' END)
            FROM tenant_tables c
            WHERE c.relrowsecurity
                <> coalesce(${chosen}, (SELECT e.relrowsecurity FROM tenant_tables e WHERE e.relname = 'events'))
            UNION ALL
            SELECT format(
                'row-level security is forced on table %s and hides it from the functions that append:'
                || ' as the owner, ALTER TABLE ${schema}.%s NO FORCE ROW LEVEL SECURITY',
                c.relname,
                c.relname)
            FROM tenant_tables c
            WHERE c.relforcerowsecurity
            UNION ALL
            SELECT format('table %s lacks the policy tenant_wall as it should be: restore it from the migrations', c.relname)
            FROM tenant_tables c
            WHERE NOT EXISTS (
                SELECT FROM pg_policy p
                WHERE p.polrelid = c.oid AND p.polname = 'tenant_wall' AND p.polcmd = '*' AND p.polroles = '{0}'
                  AND pg_get_expr(p.polqual, c.oid) = pg_get_expr(p.polwithcheck, c.oid)
                  AND pg_get_expr(p.polqual, c.oid) = CASE
                      WHEN c.relname = 'audit_log'
                          THEN '(tenant_id = ANY (ARRAY[''''::text, current_setting(''${schema}.tenant''::text, true)]))'
                      ELSE '(tenant_id = NULLIF(current_setting(''${schema}.tenant''::text, true), ''''::text))'
                  END)
            UNION ALL
            SELECT format('table %s has the policy %s as well, which may show other tenants'' rows: DROP POLICY %s ON ${schema}.%s',
                c.relname,
                p.polname,
                p.polname,
                c.relname)
            FROM tenant_tables c JOIN pg_policy p ON p.polrelid = c.oid
            WHERE p.polname <> 'tenant_wall'
            """;

    private final SchemaName schema;
    private final SchemaRoles roles;
    private final @Nullable Boolean rowSecurity;

    SchemaInspection(SchemaName schema, SchemaRoles roles, @Nullable Boolean rowSecurity) {
        this.schema = schema;
        this.roles = roles;
        this.rowSecurity = rowSecurity;
    }

    /** Returns what is not as it should be, each with what to do; empty if everything is. */
    List<String> findings(Connection connection) throws SQLException {
        List<String> findings = new ArrayList<>();
        for (String sql : List.of(ROLES, LOGINS, OWNERS, PRIVILEGES, FUNCTIONS, TRIGGERS, SHAPE, ROW_SECURITY)) {
            try (PreparedStatement statement = connection.prepareStatement(filled(sql));
                    ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    findings.add(rows.getString(1));
                }
            }
        }
        return findings;
    }

    private String filled(String sql) {
        return sql.replace("${owned}", SchemaPrivileges.owned(schema))
                .replace("${wanted}", SchemaPrivileges.wanted(schema, roles))
                .replace("${actual}", SchemaPrivileges.actual(schema))
                .replace("${roles}", RoleScripts.quoted(roles))
                .replace("${owner}", roles.owner())
                .replace("${functions}", SchemaShape.functions(schema))
                .replace("${digest}", SchemaShape.DIGEST)
                .replace("${shape}", SchemaShape.wanted())
                .replace("${actual_shape}", SchemaShape.ACTUAL)
                .replace("${triggers}", triggers())
                .replace("${chosen}", rowSecurity == null ? "NULL::boolean" : rowSecurity.toString())
                .replace("${schema}", schema.value());
    }

    private static String triggers() {
        return SchemaPrivileges.TRIGGERS.stream()
                .map(line -> line.split(" ", -1))
                .map(words -> "('%s', '%s', '%s', %s)".formatted(words[0], words[1], words[2], words[3]))
                .collect(Collectors.joining(", "));
    }
}
