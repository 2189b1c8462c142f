package io.nexus.eventstream.jdbc.schema;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;

/** The migrations as one script for people who run SQL by hand, with the rows that Flyway would have left behind. */
final class SchemaScript {

    static final String LOCATION = "eventstream-schema";
    static final String HISTORY_TABLE = "schema_history";

    static final List<String> MIGRATIONS = List.of(
            "V001__tenants.sql",
            "V002__events.sql",
            "V003__clock.sql",
            "V004__hash_chain.sql",
            "V005__lane.sql",
            "V006__append.sql",
            "V007__moments.sql",
            "V008__projections.sql",
            "V009__snapshots.sql",
            "V010__group_commit.sql",
            "V011__seals.sql",
            "V012__audit_log.sql",
            "V013__walls.sql",
            "V014__append_one.sql");

    private static final String BEGIN = """
            -- The event log of EventStream. Run it as the role that is to own the schema, for example
            --   psql -v ON_ERROR_STOP=1 -f eventstream.sql
            BEGIN;
            CREATE SCHEMA ${schema};
            CREATE TABLE ${schema}.schema_history (
                installed_rank integer       NOT NULL,
                version        varchar(50),
                description    varchar(200)  NOT NULL,
                type           varchar(20)   NOT NULL,
                script         varchar(1000) NOT NULL,
                checksum       integer,
                installed_by   varchar(100)  NOT NULL,
                installed_on   timestamp     NOT NULL DEFAULT now(),
                execution_time integer       NOT NULL,
                success        boolean       NOT NULL,
                CONSTRAINT schema_history_pk PRIMARY KEY (installed_rank)
            );
            CREATE INDEX schema_history_s_idx ON ${schema}.schema_history (success);
            """;

    private SchemaScript() {}

    static String text(SchemaName schema, Map<String, String> placeholders) {
        StringBuilder script = new StringBuilder(BEGIN);
        int rank = 0;
        for (String migration : MIGRATIONS) {
            String sql = read(migration);
            script.append("\n-- ").append(migration).append('\n').append(sql);
            script.append(historyRow(++rank, migration, sql));
        }
        String text = script.append("COMMIT;\n").toString();
        for (Map.Entry<String, String> placeholder : placeholders.entrySet()) {
            text = text.replace("${" + placeholder.getKey() + "}", placeholder.getValue());
        }
        return text;
    }

    private static String historyRow(int rank, String migration, String sql) {
        int middle = migration.indexOf("__");
        String version = migration.substring(1, middle);
        String description = migration.substring(middle + 2, migration.length() - ".sql".length());
        return """
                INSERT INTO ${schema}.schema_history
                    (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
                VALUES (%d, '%s', '%s', 'SQL', '%s', %d, current_user, 0, true);
                """.formatted(rank, version, description.replace('_', ' '), migration, checksum(sql));
    }

    /** Computes the checksum that Flyway keeps of a migration: the CRC-32 of its lines without their ends. */
    private static int checksum(String sql) {
        CRC32 crc = new CRC32();
        try (BufferedReader lines = new BufferedReader(new StringReader(sql))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                crc.update(line.getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory does not fail", e);
        }
        return (int) crc.getValue();
    }

    static String read(String migration) {
        String resource = LOCATION + "/" + migration;
        try (InputStream in = SchemaScript.class.getClassLoader().getResourceAsStream(resource)) {
            return new String(Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }
}
