package io.nexus.eventstream.jdbc.schema;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the migrations of this version make, to compare a schema with: of functions the digests of what they are made of, read
 * from the migrations themselves; of tables a list of columns and constraints, which a test compares with a schema that was made.
 */
final class SchemaShape {

    private static final Pattern FUNCTION = Pattern.compile(
            "^CREATE (?:OR REPLACE )?FUNCTION \\$\\{schema}\\.(\\w+)\\((.*?)^AS \\$\\$(.*?)\\$\\$;",
            Pattern.MULTILINE | Pattern.DOTALL);

    private static final Pattern SETTING = Pattern.compile("^SET (\\w+) = (.*)$", Pattern.MULTILINE);

    /** The digest of a row of pg_proc, as {@link #digest} computes it. */
    static final String DIGEST = """
            encode(sha256(convert_to(
                concat_ws(E'\\n', p.prosecdef::text, array_to_string(p.proconfig, E'\\n'), p.prosrc), 'UTF8')), 'hex')""";

    /** A query of the columns and constraints of tables: name, part. PostgreSQL 18 keeps NOT NULL as a constraint too. */
    static final String ACTUAL = """
            SELECT
                c.relname::text AS name,
                concat_ws(' ',
                    a.attname,
                    format_type(a.atttypid, a.atttypmod),
                    'COLLATE ' || l.collname,
                    CASE WHEN a.attnotnull THEN 'NOT NULL' END,
                    'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid)) AS part
            FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            LEFT JOIN pg_collation l ON l.oid = a.attcollation AND l.collname <> 'default'
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE n.nspname = '${schema}' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
              AND c.relname <> 'schema_history'
            UNION ALL
            SELECT c.relname, concat_ws(' ', 'CONSTRAINT', k.conname, pg_get_constraintdef(k.oid))
            FROM pg_constraint k
            JOIN pg_class c ON c.oid = k.conrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = '${schema}' AND NOT c.relispartition AND c.relname <> 'schema_history' AND k.contype <> 'n'
            """;

    /** Table, and a column or constraint of it, as {@link #ACTUAL} says them. */
    private static final String WANTED = """
            audit_log actor text COLLATE C NOT NULL
            audit_log call text COLLATE C NOT NULL
            audit_log call_id uuid NOT NULL
            audit_log called_at timestamp with time zone NOT NULL
            audit_log categories text[] COLLATE C NOT NULL
            audit_log detail text COLLATE C
            audit_log event_id uuid
            audit_log events bigint NOT NULL
            audit_log first_position bigint
            audit_log last_position bigint
            audit_log operation text COLLATE C NOT NULL
            audit_log outcome text COLLATE C NOT NULL
            audit_log roles text[] COLLATE C NOT NULL
            audit_log stream_ids text[] COLLATE C NOT NULL
            audit_log tenant_id text COLLATE C NOT NULL
            audit_log written_at timestamp with time zone NOT NULL
            audit_log CONSTRAINT audit_log_events_check CHECK ((events >= 0))
            audit_log CONSTRAINT audit_log_outcome_check CHECK ((outcome = ANY (ARRAY['BEGUN'::text, 'DONE'::text, 'DENIED'::text, 'CONFLICT'::text, 'FAILED'::text, 'UNKNOWN'::text])))
            audit_log CONSTRAINT audit_log_pkey PRIMARY KEY (tenant_id, written_at, call_id, outcome)
            events event_id uuid NOT NULL
            events event_type text COLLATE C NOT NULL
            events hash bytea NOT NULL
            events metadata json NOT NULL
            events occurred_at timestamp with time zone NOT NULL
            events payload json NOT NULL
            events position bigint NOT NULL
            events recorded_at timestamp with time zone NOT NULL
            events schema_version integer NOT NULL
            events stream_category text COLLATE C NOT NULL
            events stream_id text COLLATE C NOT NULL
            events tenant_id text COLLATE C NOT NULL
            events version bigint NOT NULL
            events CONSTRAINT events_event_id_key UNIQUE (tenant_id, event_id)
            events CONSTRAINT events_pkey PRIMARY KEY (tenant_id, "position")
            events CONSTRAINT events_stream_key UNIQUE (tenant_id, stream_category, stream_id, version)
            parked_events error text COLLATE C NOT NULL
            parked_events parked_at timestamp with time zone NOT NULL
            parked_events part integer NOT NULL
            parked_events position bigint NOT NULL
            parked_events projection text COLLATE C NOT NULL
            parked_events slot text COLLATE C NOT NULL
            parked_events stream_category text COLLATE C NOT NULL
            parked_events stream_id text COLLATE C NOT NULL
            parked_events tenant_id text COLLATE C NOT NULL
            parked_events CONSTRAINT parked_events_pkey PRIMARY KEY (tenant_id, projection, slot, part, "position")
            projections checkpoint bigint NOT NULL
            projections checkpoint_hash bytea NOT NULL
            projections compared boolean NOT NULL
            projections created_at timestamp with time zone NOT NULL
            projections error text COLLATE C
            projections failed_at timestamp with time zone
            projections failed_position bigint
            projections handled bigint NOT NULL
            projections inline boolean NOT NULL
            projections lease_owner text COLLATE C
            projections lease_token bigint NOT NULL
            projections lease_until timestamp with time zone
            projections parked bigint NOT NULL
            projections part integer NOT NULL
            projections parts integer NOT NULL
            projections projection text COLLATE C NOT NULL
            projections replay_until bigint NOT NULL
            projections role text COLLATE C NOT NULL
            projections slot text COLLATE C NOT NULL
            projections stack_trace text COLLATE C
            projections state text COLLATE C NOT NULL
            projections tenant_id text COLLATE C NOT NULL
            projections updated_at timestamp with time zone NOT NULL
            projections version integer NOT NULL
            projections CONSTRAINT projections_count_check CHECK (((checkpoint >= 0) AND (replay_until >= 0) AND (handled >= 0) AND (parked >= 0)))
            projections CONSTRAINT projections_failure_check CHECK ((((failed_position IS NULL) = (error IS NULL)) AND ((failed_position IS NULL) = (stack_trace IS NULL)) AND ((failed_position IS NULL) = (failed_at IS NULL))))
            projections CONSTRAINT projections_hash_check CHECK ((octet_length(checkpoint_hash) = 32))
            projections CONSTRAINT projections_lease_check CHECK (((lease_owner IS NULL) = (lease_until IS NULL)))
            projections CONSTRAINT projections_part_check CHECK (((part >= 0) AND (parts >= 1)))
            projections CONSTRAINT projections_pkey PRIMARY KEY (tenant_id, projection, slot, part)
            projections CONSTRAINT projections_role_check CHECK ((role = ANY (ARRAY['live'::text, 'building'::text, 'previous'::text])))
            projections CONSTRAINT projections_state_check CHECK ((state = ANY (ARRAY['running'::text, 'paused'::text, 'failed'::text])))
            projections CONSTRAINT projections_version_check CHECK ((version >= 1))
            seals first_position bigint NOT NULL
            seals key_id text COLLATE C NOT NULL
            seals last_position bigint NOT NULL
            seals link bytea NOT NULL
            seals link_before bytea NOT NULL
            seals previous bytea NOT NULL
            seals recorded_at timestamp with time zone NOT NULL
            seals sealed_at timestamp with time zone NOT NULL
            seals signature bytea NOT NULL
            seals tenant_id text COLLATE C NOT NULL
            seals CONSTRAINT seals_first_key UNIQUE (tenant_id, first_position)
            seals CONSTRAINT seals_key_check CHECK (((length(key_id) >= 1) AND (length(key_id) <= 200)))
            seals CONSTRAINT seals_link_check CHECK (((octet_length(link_before) = 32) AND (octet_length(link) = 32) AND (octet_length(previous) = 32)))
            seals CONSTRAINT seals_pkey PRIMARY KEY (tenant_id, last_position)
            seals CONSTRAINT seals_range_check CHECK (((first_position >= 1) AND (last_position >= first_position)))
            snapshots checksum text COLLATE C NOT NULL
            snapshots created_at timestamp with time zone NOT NULL
            snapshots event_hash bytea NOT NULL
            snapshots fold text COLLATE C NOT NULL
            snapshots latest_occurred_at timestamp with time zone NOT NULL
            snapshots recorded_at timestamp with time zone NOT NULL
            snapshots schema_version integer NOT NULL
            snapshots state text COLLATE C NOT NULL
            snapshots stream_category text COLLATE C NOT NULL
            snapshots stream_id text COLLATE C NOT NULL
            snapshots tenant_id text COLLATE C NOT NULL
            snapshots version bigint NOT NULL
            snapshots CONSTRAINT snapshots_hash_check CHECK ((octet_length(event_hash) = 32))
            snapshots CONSTRAINT snapshots_pkey PRIMARY KEY (tenant_id, stream_category, stream_id, fold, schema_version, version)
            snapshots CONSTRAINT snapshots_version_check CHECK (((version >= 1) AND (schema_version >= 1)))
            statistics bytes bigint NOT NULL
            statistics lengths bigint[] NOT NULL
            statistics position bigint NOT NULL
            statistics streams bigint NOT NULL
            statistics tenant_id text COLLATE C NOT NULL
            statistics CONSTRAINT statistics_pkey PRIMARY KEY (tenant_id)
            streams bytes bigint NOT NULL
            streams stream_category text COLLATE C NOT NULL
            streams stream_id text COLLATE C NOT NULL
            streams tenant_id text COLLATE C NOT NULL
            streams version bigint NOT NULL
            streams CONSTRAINT streams_pkey PRIMARY KEY (tenant_id, stream_category, stream_id)
            tenants created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp()
            tenants tenant_id text COLLATE C NOT NULL
            tenants CONSTRAINT tenants_pkey PRIMARY KEY (tenant_id)
            """;

    private SchemaShape() {}

    /** Returns the names of the functions. */
    static Set<String> functions() {
        return digests(SchemaName.DEFAULT).keySet();
    }

    /** Returns the columns and constraints, each with its table in front. */
    static List<String> lines() {
        return WANTED.lines().toList();
    }

    /** Returns rows of the functions: name, digest. */
    static String functions(SchemaName schema) {
        return digests(schema).entrySet().stream()
                .map(function -> "('%s', '%s')".formatted(function.getKey(), function.getValue()))
                .collect(Collectors.joining(",\n"));
    }

    /** Returns rows of the columns and constraints: table, part. */
    static String wanted() {
        return lines().stream()
                .map(line -> line.split(" ", 2))
                .map(words -> "('%s', '%s')".formatted(words[0], words[1].replace("'", "''")))
                .collect(Collectors.joining(",\n"));
    }

    private static Map<String, String> digests(SchemaName schema) {
        Map<String, String> digests = new TreeMap<>();
        for (String migration : SchemaScript.MIGRATIONS) {
            Matcher function = FUNCTION.matcher(SchemaScript.read(migration));
            while (function.find()) {
                digests.put(function.group(1), digest(function.group(2), function.group(3), schema));
            }
        }
        return digests;
    }

    private static String digest(String head, String body, SchemaName schema) {
        String settings =
                SETTING.matcher(head).results().map(SchemaShape::assigned).collect(Collectors.joining("\n"));
        String made = (head.contains("SECURITY DEFINER") ? "true\n" : "false\n")
                + (settings.isEmpty() ? "" : settings + "\n")
                + body.replace("${schema}", schema.value());
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(made.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    private static String assigned(MatchResult setting) {
        return setting.group(1) + "=" + setting.group(2);
    }
}
