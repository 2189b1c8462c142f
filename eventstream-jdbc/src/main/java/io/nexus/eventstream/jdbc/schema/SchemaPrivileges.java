package io.nexus.eventstream.jdbc.schema;

import java.util.ArrayList;
import java.util.List;

/**
 * Who may do what: the one list that the grants are made from and that a schema is checked against. Everything else is
 * revoked. What nobody but the owner's functions needs stands here with a dash, so that each table and function has been
 * thought about.
 */
final class SchemaPrivileges {

    /** Kind, name, privileges, who has them. */
    private static final String WANTED = """
            SCHEMA ${schema} USAGE writer engine reader auditor maintenance
            TABLE schema_history SELECT writer engine reader auditor maintenance
            TABLE tenants - -
            TABLE events SELECT writer engine reader auditor
            TABLE events MAINTAIN maintenance
            TABLE projections SELECT engine reader
            TABLE projections INSERT,UPDATE,DELETE engine
            TABLE parked_events SELECT engine reader
            TABLE parked_events INSERT,DELETE engine
            TABLE snapshots SELECT engine reader maintenance
            TABLE snapshots INSERT,UPDATE engine
            TABLE snapshots DELETE engine maintenance
            TABLE streams SELECT engine reader
            TABLE seals SELECT auditor
            TABLE audit_log SELECT auditor
            TABLE statistics - -
            FUNCTION append_v1 EXECUTE writer
            FUNCTION append_one_v1 EXECUTE writer
            FUNCTION append_batch_v1 EXECUTE writer
            FUNCTION create_tenant_v1 EXECUTE writer maintenance
            FUNCTION import_events_v1 EXECUTE maintenance
            FUNCTION seal_v1 EXECUTE maintenance
            FUNCTION audit_v1 EXECUTE writer engine reader auditor maintenance
            FUNCTION lock_lanes_v1 EXECUTE writer engine
            FUNCTION position_at_v1 EXECUTE writer engine reader auditor
            FUNCTION version_at_v1 EXECUTE writer engine reader auditor
            FUNCTION lane_holders_v1 EXECUTE writer engine reader auditor maintenance
            FUNCTION enter_tenant_v1 EXECUTE writer engine reader auditor maintenance
            FUNCTION visit_tenant_v1 EXECUTE writer engine reader auditor
            FUNCTION leave_tenant_v1 EXECUTE writer engine reader auditor
            FUNCTION refuse_tenant_v1 EXECUTE writer engine reader auditor maintenance
            FUNCTION clock EXECUTE engine
            FUNCTION due_v1 EXECUTE engine
            FUNCTION due_of_tenant_v1 EXECUTE engine
            FUNCTION heads_v1 EXECUTE engine
            FUNCTION projection_blockers_v1 EXECUTE engine maintenance
            FUNCTION count_events_v1 EXECUTE engine reader
            FUNCTION tenant_statistics_v1 EXECUTE engine reader maintenance
            FUNCTION require_tenant_v1 - -
            FUNCTION wait_for_lane_v1 - -
            FUNCTION judge_ids_v1 - -
            FUNCTION insert_events_v1 - -
            FUNCTION link_v1 - -
            FUNCTION stream_bytes_v1 - -
            FUNCTION search_position_v1 - -
            FUNCTION length_class_v1 - -
            FUNCTION refuse_change - -
            FUNCTION refuse_seal_change - -
            FUNCTION refuse_audit_change - -
            FUNCTION seal_digest_v1 - -
            """;

    /**
     * The triggers that must stand on a table and on each of its partitions, and no others: table, name, function, and when
     * they fire as pg_trigger.tgtype has it, 27 before a row is updated or deleted, 34 before a statement truncates.
     */
    static final List<String> TRIGGERS = List.of(
            "events events_append_only refuse_change 27",
            "events events_no_truncate refuse_change 34",
            "seals seals_append_only refuse_seal_change 27",
            "seals seals_no_truncate refuse_seal_change 34",
            "audit_log audit_log_append_only refuse_audit_change 27",
            "audit_log audit_log_no_truncate refuse_audit_change 34");

    private SchemaPrivileges() {}

    /** Returns what stands in the list by name: {@code TABLE events} and the like. */
    static List<String> objects() {
        return WANTED.lines()
                .map(line -> line.split(" ", -1))
                .map(words -> words[0] + " " + words[1])
                .filter(each -> !each.startsWith("SCHEMA"))
                .distinct()
                .toList();
    }

    /** Returns a query of the wanted privileges: kind, name, privilege, role. MAINTAIN exists since PostgreSQL 17. */
    static String wanted(SchemaName schema, SchemaRoles roles) {
        List<String> rows = new ArrayList<>();
        for (String line : WANTED.lines().toList()) {
            String[] words = line.replace("${schema}", schema.value()).split(" ", -1);
            for (int i = 3; i < words.length && !words[i].equals("-"); i++) {
                for (String privilege : words[2].split(",", -1)) {
                    rows.add(
                            "('%s', '%s', '%s', '%s')".formatted(words[0], words[1], privilege, roles.named(words[i])));
                }
            }
        }
        return """
                SELECT w.kind, w.name, w.privilege, w.role
                FROM (VALUES
                    %s
                ) AS w (kind, name, privilege, role)
                WHERE w.privilege <> 'MAINTAIN' OR current_setting('server_version_num')::int >= 170000
                """.formatted(String.join(",\n    ", rows));
    }

    /**
     * Returns a query of what PostgreSQL has noted down, the owner's own rights left out: kind, name, object (as a statement
     * names it), privilege, role, grantable.
     */
    static String actual(SchemaName schema) {
        return """
                SELECT
                    x.kind,
                    x.name,
                    x.object,
                    a.privilege_type AS privilege,
                    coalesce(r.rolname::text, 'public') AS role,
                    a.is_grantable AS grantable
                FROM (
                    SELECT 'SCHEMA' AS kind, n.nspname::text AS name, quote_ident(n.nspname) AS object, n.nspowner AS owner,
                           coalesce(n.nspacl, acldefault('n', n.nspowner)) AS acl
                    FROM pg_namespace n
                    WHERE n.nspname = '${schema}'
                    UNION ALL
                    SELECT 'TABLE', c.relname, format('%I.%I', n.nspname, c.relname), c.relowner,
                           coalesce(c.relacl, acldefault('r', c.relowner))
                    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                    WHERE n.nspname = '${schema}' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
                    UNION ALL
                    SELECT 'COLUMN', c.relname || '.' || t.attname,
                           format('(%I) ON TABLE %I.%I', t.attname, n.nspname, c.relname), c.relowner, t.attacl
                    FROM pg_attribute t
                    JOIN pg_class c ON c.oid = t.attrelid
                    JOIN pg_namespace n ON n.oid = c.relnamespace
                    WHERE n.nspname = '${schema}' AND t.attacl IS NOT NULL
                    UNION ALL
                    SELECT 'FUNCTION', p.proname,
                           format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), p.proowner,
                           coalesce(p.proacl, acldefault('f', p.proowner))
                    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                    WHERE n.nspname = '${schema}'
                ) x
                CROSS JOIN LATERAL aclexplode(x.acl) a
                LEFT JOIN pg_roles r ON r.oid = a.grantee
                WHERE a.grantee <> x.owner
                """.replace("${schema}", schema.value());
    }

    /** Returns a query of everything in the schema that has an owner: kind (as ALTER names it), object, owner. */
    static String owned(SchemaName schema) {
        return """
                SELECT 'SCHEMA' AS kind, quote_ident(n.nspname) AS object, n.nspowner AS owner
                FROM pg_namespace n
                WHERE n.nspname = '${schema}'
                UNION ALL
                SELECT 'TABLE', format('%I.%I', n.nspname, c.relname), c.relowner
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = '${schema}' AND c.relkind IN ('r', 'p')
                UNION ALL
                SELECT 'ROUTINE', format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)),
                       p.proowner
                FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                WHERE n.nspname = '${schema}'
                """.replace("${schema}", schema.value());
    }
}
