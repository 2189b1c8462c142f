package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.AuditEntry;
import io.nexus.eventstream.access.AuditSink;
import io.nexus.eventstream.jdbc.schema.SchemaName;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import javax.sql.DataSource;

/**
 * Keeps the audit in the table {@code audit_log} beside the events, or in the same schema of another database.
 *
 * <pre>{@code
 * AccessGuard.builder(signedIn).audit(PostgresAuditSink.of(auditPool)).build()
 * }</pre>
 *
 * <p>Each entry is a transaction of its own on a connection of its own, so it stays whatever becomes of the caller's. Where
 * calls are made inside transactions of the host, which hold a connection meanwhile, give it a pool of its own: otherwise calls
 * wait for each other when the host's pool is used up. The table is append-only; what is old is removed by its owner, who
 * switches the triggers off for that.
 *
 * <p>When {@link #write} returns, the entry is on the disk, unless {@link #synchronousCommit} says otherwise.
 *
 * <p>Immutable and thread-safe.
 */
public final class PostgresAuditSink implements AuditSink {

    private static final String WRITE = """
            SELECT ${schema}.audit_v1(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::uuid, ?, ?::bigint, ?::bigint, ?::text, ?)
            """;

    private final DataSource dataSource;
    private final OwnConnections connections;
    private final SchemaName schema;
    private final boolean synchronousCommit;
    private final String write;

    private PostgresAuditSink(DataSource dataSource, SchemaName schema, boolean synchronousCommit) {
        this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
        this.connections = new OwnConnections(dataSource, new TenantWall(schema, false));
        this.schema = Objects.requireNonNull(schema, "schema");
        this.synchronousCommit = synchronousCommit;
        this.write = WRITE.replace("${schema}", schema.value());
    }

    /** Returns a sink in the schema {@code eventstream} whose entries wait for the disk. */
    public static PostgresAuditSink of(DataSource dataSource) {
        return new PostgresAuditSink(dataSource, SchemaName.DEFAULT, true);
    }

    /** Returns a sink in another schema. */
    public PostgresAuditSink schema(SchemaName name) {
        return new PostgresAuditSink(dataSource, name, synchronousCommit);
    }

    /**
     * Returns a sink whose entries wait for the disk or not; by default they do. Without waiting, a crash of the server can lose
     * the entries of the last fraction of a second: of reads and refusals, and how changes ended. Where audit and log are in one
     * server, no change is lost even then: an append's {@code BEGUN} is committed before it, and the disk keeps commits in order.
     */
    public PostgresAuditSink synchronousCommit(boolean on) {
        return new PostgresAuditSink(dataSource, schema, on);
    }

    /**
     * {@inheritDoc}
     *
     * @throws io.nexus.eventstream.StorageException if the database cannot be reached or refuses the entry
     */
    @Override
    public void write(AuditEntry entry) {
        try {
            connections.call(connection -> {
                try (PreparedStatement statement = connection.prepareStatement(write)) {
                    bind(new Parameters(statement), entry);
                    return statement.execute();
                }
            });
        } catch (SQLException e) {
            throw SqlFailures.ofAudit(e, schema);
        }
    }

    private void bind(Parameters parameters, AuditEntry entry) throws SQLException {
        List<StreamId> streams = entry.streams();
        parameters
                .add(entry.tenant().map(TenantId::value).orElse(""))
                .add(entry.callId())
                .add(entry.outcome().name())
                .add(entry.at())
                .add(entry.actor().id())
                .addTexts(new TreeSet<>(entry.actor().roles()))
                .add(entry.operation().name())
                .add(entry.call())
                .addTexts(
                        streams.isEmpty()
                                ? new TreeSet<>(entry.categories())
                                : streams.stream().map(StreamId::category).toList())
                .addTexts(streams.stream()
                        .map(stream -> stream.aggregateId().value())
                        .toList())
                .addNullable(entry.event().map(id -> id.value().toString()))
                .add(entry.events())
                .addNullable(entry.first().map(first -> Long.toString(first.value())))
                .addNullable(entry.last().map(last -> Long.toString(last.value())))
                .addNullable(entry.detail())
                .add(synchronousCommit);
    }
}
