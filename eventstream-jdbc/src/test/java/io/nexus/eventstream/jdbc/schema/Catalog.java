package io.nexus.eventstream.jdbc.schema;

import io.nexus.eventstream.jdbc.FreshDatabase;
import java.util.ArrayList;
import java.util.List;

/** Everything that PostgreSQL knows of the schema's shape, as text that can be compared. */
final class Catalog {

    private static final List<String> QUERIES = List.of("""
            SELECT 'column', c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                   coll.collname, pg_get_expr(d.adbin, d.adrelid)
            FROM pg_attribute a
            JOIN pg_class c ON c.oid = a.attrelid
            LEFT JOIN pg_collation coll ON coll.oid = a.attcollation
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE c.relnamespace = 'eventstream'::regnamespace AND a.attnum > 0
              AND c.relname <> 'schema_history' AND c.relkind IN ('r', 'p')
            ORDER BY c.relname, a.attnum
            """, """
            SELECT 'constraint', c.relname, k.conname, pg_get_constraintdef(k.oid)
            FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
            WHERE c.relnamespace = 'eventstream'::regnamespace
            ORDER BY c.relname, k.conname
            """, """
            SELECT 'index', indexdef FROM pg_indexes WHERE schemaname = 'eventstream' ORDER BY indexname
            """, """
            SELECT 'function', pg_get_functiondef(p.oid), p.proacl
            FROM pg_proc p
            WHERE p.pronamespace = 'eventstream'::regnamespace AND p.prokind = 'f'
            ORDER BY p.proname
            """, """
            SELECT 'aggregate', p.proname, a.aggtransfn, p.proacl
            FROM pg_proc p JOIN pg_aggregate a ON a.aggfnoid = p.oid
            WHERE p.pronamespace = 'eventstream'::regnamespace
            """, """
            SELECT 'trigger', c.relname, pg_get_triggerdef(t.oid)
            FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
            WHERE c.relnamespace = 'eventstream'::regnamespace
            ORDER BY c.relname, t.tgname
            """, """
            SELECT 'options', relname, reloptions, relkind, relrowsecurity, pg_get_expr(relpartbound, oid)
            FROM pg_class
            WHERE relnamespace = 'eventstream'::regnamespace AND relkind IN ('r', 'p') AND relname <> 'schema_history'
            ORDER BY relname
            """, """
            SELECT 'history column', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull
            FROM pg_attribute a
            WHERE a.attrelid = 'eventstream.schema_history'::regclass AND a.attnum > 0
            ORDER BY a.attnum
            """, """
            SELECT 'history', version, description, type, script, checksum, success
            FROM eventstream.schema_history
            WHERE version IS NOT NULL
            ORDER BY version
            """);

    private Catalog() {}

    static List<String> of(FreshDatabase database) {
        List<String> lines = new ArrayList<>();
        QUERIES.forEach(sql -> lines.addAll(database.query(sql)));
        return lines;
    }
}
