package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.jdbc.schema.SchemaName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One look at the server before a store is used: is the schema there, and does the server keep what it acknowledges. */
final class ServerCheck {

    private static final Logger log = LoggerFactory.getLogger(ServerCheck.class);

    private static final int OLDEST_SERVER = 140_000;

    private static final String LOOK = """
            SELECT
                current_setting('server_version_num')::int AS version_number,
                current_setting('server_version')          AS version,
                current_setting('fsync')                   AS fsync,
                current_setting('full_page_writes')        AS full_page_writes,
                current_setting('synchronous_commit')      AS synchronous_commit,
                pg_is_in_recovery()                        AS standby,
                EXISTS (
                    SELECT FROM pg_extension x WHERE x.extname = 'citus'
                )                                          AS citus,
                EXISTS (
                    SELECT FROM pg_proc p
                    JOIN pg_namespace n ON n.oid = p.pronamespace
                    WHERE n.nspname = ? AND p.proname = 'append_v1'
                )                                          AS installed,
                (
                    SELECT c.relrowsecurity FROM pg_class c
                    JOIN pg_namespace n ON n.oid = c.relnamespace
                    WHERE n.nspname = ? AND c.relname = 'events'
                )                                          AS row_security,
                EXISTS (
                    SELECT FROM pg_class c
                    JOIN pg_namespace n ON n.oid = c.relnamespace
                    JOIN pg_roles r ON r.oid = c.relowner
                        OR r.rolsuper
                        OR r.rolbypassrls AND c.relrowsecurity
                        OR r.rolname IN ('pg_write_all_data', 'pg_write_server_files', 'pg_execute_server_program')
                    WHERE n.nspname = ? AND c.relname = 'events' AND pg_has_role(current_user, r.oid, 'MEMBER')
                )                                          AS owns
            """;

    private ServerCheck() {}

    /**
     * What a store must know of its server.
     *
     * @param isCitus whether it is part of a cluster, where a transaction should stay on one node
     * @param hasRowSecurity whether a session sees only rows of the tenant that it is bound to
     */
    record Findings(boolean isCitus, boolean hasRowSecurity) {}

    static Findings run(DataSource dataSource, SchemaName schema, boolean ownSynchronousCommit) {
        try {
            return new OwnConnections(dataSource, new TenantWall(schema, false))
                    .call(connection -> look(connection, schema, ownSynchronousCommit));
        } catch (SQLException e) {
            throw new StorageException("the database cannot be looked at: " + SqlFailures.text(e), e);
        }
    }

    private static Findings look(Connection connection, SchemaName schema, boolean ownSynchronousCommit)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LOOK)) {
            new Parameters(statement).add(schema.value()).add(schema.value()).add(schema.value());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                if (row.getInt("version_number") < OLDEST_SERVER) {
                    throw new StorageException(
                            "PostgreSQL %s is too old, EventStream needs 14 or later"
                                    .formatted(row.getString("version")),
                            null);
                }
                if (!row.getBoolean("installed")) {
                    throw new StorageException(
                            "schema %s of this database holds no event log that this version can use: run SchemaMigrator.of(dataSource).migrate() with the rights to create a schema"
                                    .formatted(schema),
                            null);
                }
                warnAboutDurability(row, ownSynchronousCommit);
                if (row.getBoolean("owns")) {
                    log.warn(
                            "The application may act as the owner of schema {}, as a superuser or as somebody else whom privileges or row-level security do not stop: then they do not keep it from changing events or reading other tenants'. Let it log in as a member of the writer alone, see SchemaMigrator.rolesSql()",
                            schema);
                }
                return new Findings(row.getBoolean("citus"), row.getBoolean("row_security"));
            }
        }
    }

    private static void warnAboutDurability(ResultSet row, boolean ownSynchronousCommit) throws SQLException {
        if (row.getBoolean("standby")) {
            log.warn("The server is a standby: appends will fail, and moments at the head of the log are not final");
        }
        for (String setting : new String[] {"fsync", "full_page_writes"}) {
            if (row.getString(setting).equals("off")) {
                log.warn(
                        "The server runs with {} = off: after a crash, acknowledged events are gone and their positions are given out again",
                        setting);
            }
        }
        if (row.getString("synchronous_commit").equals("off") && !ownSynchronousCommit) {
            log.warn(
                    "Appends do not wait for the disk (synchronous_commit = off): a crash of the server loses the newest");
        }
    }
}
