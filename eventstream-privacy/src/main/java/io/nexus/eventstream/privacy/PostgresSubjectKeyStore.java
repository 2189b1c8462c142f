package io.nexus.eventstream.privacy;

import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Keys in PostgreSQL, in a schema of their own and a database of the host's choice: best another one than the log's, so that no
 * single backup holds both.
 *
 * <pre>{@code
 * PostgresSubjectKeyStore store = PostgresSubjectKeyStore.of(keysDataSource);
 * store.migrate();
 * }</pre>
 *
 * <p>Give it a pool of its own. A call is made while an append may hold a connection of the log's pool, so appends that share one
 * pool with it could wait for each other. Connections are at READ COMMITTED and in no transaction.
 *
 * <p>What is written is on the disk when a method returns, even where the session would not wait for it ({@code
 * synchronous_commit}): an event whose key was lost in a crash could never be read again. Thread-safe.
 */
public final class PostgresSubjectKeyStore implements SubjectKeyStore {

    /** The schema that is used when none is named. */
    public static final String DEFAULT_SCHEMA = "eventstream_keys";

    private static final UUID LEAST = new UUID(0, 0);

    private static final Pattern PLAIN = Pattern.compile("(?!pg_)[a-z_][a-z0-9_]{0,62}");

    /** As an append to the log does: a session that asks for more than the disk keeps what it has. */
    private static final String WAIT_FOR_THE_DISK = """
            SELECT set_config('synchronous_commit', 'on', true)
            WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write')
            """;

    private static final String COLUMNS =
            "k.tenant_id, k.key_id, k.subject, k.master_key, k.wrapped, k.erased_at, k.reason, k.finished";

    private final DataSource dataSource;
    private final String schema;

    private PostgresSubjectKeyStore(DataSource dataSource, String schema) {
        this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
        this.schema = schema;
    }

    /** Returns a store in the schema {@value #DEFAULT_SCHEMA}; nothing is looked at yet. */
    public static PostgresSubjectKeyStore of(DataSource dataSource) {
        return of(dataSource, DEFAULT_SCHEMA);
    }

    /**
     * Returns a store in another schema.
     *
     * @throws IllegalArgumentException if the name is not one of 1 to 63 of a-z, 0-9 and _
     */
    public static PostgresSubjectKeyStore of(DataSource dataSource, String schema) {
        return new PostgresSubjectKeyStore(dataSource, requirePlain(schema, "the schema of the keys"));
    }

    private static String requirePlain(String name, String what) {
        if (!PLAIN.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "\"%s\" cannot be %s: use 1 to 63 of a-z, 0-9 and _, not beginning with a digit or pg_"
                            .formatted(name, what));
        }
        return name;
    }

    /** Creates the schema where it is missing, with the rights of its owner-to-be. Several nodes may do it at once. */
    public void migrate() {
        String script = sql();
        boolean unused = changing(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute(
                        "SELECT pg_advisory_xact_lock(hashtext('eventstream keys'), hashtext('" + schema + "'))");
                return statement.execute(script);
            }
        });
    }

    /** Returns what {@link #migrate} would do, to be run by hand. */
    public String sql() {
        try (InputStream in = PostgresSubjectKeyStore.class.getResourceAsStream("/eventstream-keys-schema/keys.sql")) {
            return new String(Objects.requireNonNull(in, "keys.sql").readAllBytes(), StandardCharsets.UTF_8)
                    .replace("${schema}", "\"" + schema + "\"");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read keys.sql", e);
        }
    }

    /**
     * Returns what gives a role all that the application needs to encrypt, decrypt, erase and rotate, and nothing else: it creates,
     * drops and deletes nothing. To be run by the owner, who is whoever has run {@link #migrate}.
     *
     * @param role exists; the application logs in as a member of it
     * @throws IllegalArgumentException if the name is not one of 1 to 63 of a-z, 0-9 and _
     */
    public String grantsSql(String role) {
        return """
                GRANT USAGE ON SCHEMA ${schema} TO ${role};
                GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO ${role};
                GRANT INSERT ON ALL TABLES IN SCHEMA ${schema} TO ${role};
                GRANT UPDATE (master_key, wrapped, erased_at, reason, finished, retired) ON ${schema}.subject_keys TO ${role};
                """.replace("${schema}", "\"" + schema + "\"")
                .replace("${role}", "\"" + requirePlain(role, "a role") + "\"");
    }

    @Override
    public Optional<StoredKey> current(TenantId tenant, String subject) {
        return keys("""
                SELECT ${columns}
                FROM ${schema}.subject_keys k
                WHERE k.tenant_id = ?
                  AND k.subject = ?
                  AND NOT k.retired
                """, tenant.value(), subject).stream().findFirst();
    }

    @Override
    public StoredKey add(StoredKey key) {
        StoredKey.Wrapped wrapped = key.wrapped().orElseThrow();
        // The one that another node added first stays; it is committed by the time that this statement ends.
        int unused = update("""
                INSERT INTO ${schema}.subject_keys (tenant_id, key_id, subject, master_key, wrapped)
                VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (tenant_id, subject) WHERE NOT retired DO NOTHING
                """, key.tenant().value(), key.id(), key.subject(), wrapped.masterKey(), wrapped.bytes());
        return current(key.tenant(), key.subject()).orElseThrow();
    }

    @Override
    public void addDestroyed(StoredKey key) {
        StoredKey.Erased erased = key.erasure().orElseThrow();
        // A key that is added for the person meanwhile makes it fail, and it can be repeated.
        int unused = update(
                """
                INSERT INTO ${schema}.subject_keys (tenant_id, key_id, subject, erased_at, reason, retired)
                SELECT n.tenant_id, n.key_id, n.subject, n.erased_at, n.reason, EXISTS (
                    SELECT FROM ${schema}.subject_keys k
                    WHERE k.tenant_id = n.tenant_id
                      AND k.subject = n.subject
                      AND NOT k.retired)
                FROM (VALUES (?, ?::uuid, ?, ?::timestamptz, ?)) AS n (tenant_id, key_id, subject, erased_at, reason)
                ON CONFLICT (tenant_id, key_id) DO NOTHING
                """,
                key.tenant().value(),
                key.id(),
                key.subject(),
                erased.at().atOffset(ZoneOffset.UTC),
                erased.reason());
    }

    @Override
    public Optional<StoredKey> find(TenantId tenant, UUID key) {
        return keys("""
                SELECT ${columns}
                FROM ${schema}.subject_keys k
                WHERE k.tenant_id = ?
                  AND k.key_id = ?
                """, tenant.value(), key).stream().findFirst();
    }

    @Override
    public boolean note(TenantId tenant, UUID key, StreamId stream) {
        // The row lock makes a destruction wait for this, or this for a destruction, after which the row is looked at
        // again.
        return !changing(connection -> read(
                        connection,
                        """
                WITH usable AS (
                    SELECT k.tenant_id, k.key_id
                    FROM ${schema}.subject_keys k
                    WHERE k.tenant_id = ?
                      AND k.key_id = ?
                      AND k.wrapped IS NOT NULL
                    FOR SHARE
                ), noted AS (
                    INSERT INTO ${schema}.subject_streams (tenant_id, key_id, stream_category, stream_id)
                    SELECT u.tenant_id, u.key_id, ?, ?
                    FROM usable u
                    ON CONFLICT DO NOTHING
                )
                SELECT u.key_id FROM usable u
                """,
                        row -> row.getString("key_id"),
                        tenant.value(),
                        key,
                        stream.category(),
                        stream.aggregateId().value()))
                .isEmpty();
    }

    @Override
    public List<StreamId> streams(TenantId tenant, UUID key, Optional<StreamId> after, int limit) {
        return query(
                """
                SELECT s.stream_category, s.stream_id
                FROM ${schema}.subject_streams s
                WHERE s.tenant_id = ?
                  AND s.key_id = ?
                  AND (s.stream_category, s.stream_id) > (?, ?)
                ORDER BY s.stream_category, s.stream_id
                LIMIT ?
                """,
                row -> StreamId.of(row.getString("stream_category"), row.getString("stream_id")),
                tenant.value(),
                key,
                after.map(StreamId::category).orElse(""),
                after.map(stream -> stream.aggregateId().value()).orElse(""),
                limit);
    }

    @Override
    public List<StoredKey> keysIn(TenantId tenant, StreamId stream, int limit) {
        return keys("""
                SELECT ${columns}
                FROM ${schema}.subject_streams s
                JOIN ${schema}.subject_keys k ON k.tenant_id = s.tenant_id AND k.key_id = s.key_id
                WHERE s.tenant_id = ?
                  AND s.stream_category = ?
                  AND s.stream_id = ?
                ORDER BY s.key_id
                LIMIT ?
                """, tenant.value(), stream.category(), stream.aggregateId().value(), limit);
    }

    @Override
    public StoredKey destroy(TenantId tenant, UUID key, String reason) {
        int unused = update("""
                UPDATE ${schema}.subject_keys
                SET wrapped = NULL, master_key = NULL, erased_at = clock_timestamp(), reason = ?
                WHERE tenant_id = ?
                  AND key_id = ?
                  AND wrapped IS NOT NULL
                """, reason, tenant.value(), key);
        return find(tenant, key).orElseThrow();
    }

    @Override
    public void finish(TenantId tenant, UUID key) {
        int unused = update("""
                UPDATE ${schema}.subject_keys
                SET finished = true
                WHERE tenant_id = ?
                  AND key_id = ?
                  AND wrapped IS NULL
                """, tenant.value(), key);
    }

    @Override
    public List<StoredKey> unfinished(TenantId tenant, int limit) {
        return keys("""
                SELECT ${columns}
                FROM ${schema}.subject_keys k
                WHERE k.tenant_id = ?
                  AND k.erased_at IS NOT NULL
                  AND NOT k.finished
                ORDER BY k.key_id
                LIMIT ?
                """, tenant.value(), limit);
    }

    @Override
    public boolean retire(TenantId tenant, String subject) {
        return update("""
                UPDATE ${schema}.subject_keys
                SET retired = true
                WHERE tenant_id = ?
                  AND subject = ?
                  AND wrapped IS NULL
                  AND NOT retired
                """, tenant.value(), subject) > 0;
    }

    @Override
    public List<StoredKey> wrappedByOthersThan(String masterKey, Optional<StoredKey> after, int limit) {
        // Over all tenants, as the next one: a master key belongs to the host.
        return keys(
                """
                SELECT ${columns}
                FROM ${schema}.subject_keys k
                WHERE k.wrapped IS NOT NULL
                  AND (k.master_key < ? OR k.master_key > ?)
                  AND (k.master_key, k.tenant_id, k.key_id) > (?, ?, ?)
                ORDER BY k.master_key, k.tenant_id, k.key_id
                LIMIT ?
                """,
                masterKey,
                masterKey,
                after.flatMap(StoredKey::wrapped)
                        .map(StoredKey.Wrapped::masterKey)
                        .orElse(""),
                after.map(key -> key.tenant().value()).orElse(""),
                after.map(StoredKey::id).orElse(LEAST),
                limit);
    }

    @Override
    public Map<String, Long> masterKeys() {
        Map<String, Long> counts = new LinkedHashMap<>();
        query("""
                SELECT k.master_key, count(*) AS keys
                FROM ${schema}.subject_keys k
                WHERE k.wrapped IS NOT NULL
                GROUP BY k.master_key
                """, row -> Map.entry(row.getString("master_key"), row.getLong("keys")))
                .forEach(count -> counts.put(count.getKey(), count.getValue()));
        return counts;
    }

    @Override
    public boolean rewrap(StoredKey before, StoredKey.Wrapped wrapped) {
        return update(
                        """
                UPDATE ${schema}.subject_keys
                SET wrapped = ?, master_key = ?
                WHERE tenant_id = ?
                  AND key_id = ?
                  AND wrapped IS NOT NULL
                  AND master_key = ?
                """,
                        wrapped.bytes(),
                        wrapped.masterKey(),
                        before.tenant().value(),
                        before.id(),
                        before.wrapped().orElseThrow().masterKey())
                > 0;
    }

    @Override
    public String hiding(String fingerprint) {
        String sql = "SELECT h.fingerprint FROM ${schema}.subject_hiding h";
        List<String> kept = query(sql, row -> row.getString("fingerprint"));
        if (kept.isEmpty()) {
            int unused = update(
                    "INSERT INTO ${schema}.subject_hiding (fingerprint) VALUES (?) ON CONFLICT DO NOTHING",
                    fingerprint);
            kept = query(sql, row -> row.getString("fingerprint"));
        }
        return kept.get(0);
    }

    private List<StoredKey> keys(String sql, Object... parameters) {
        return query(sql.replace("${columns}", COLUMNS), PostgresSubjectKeyStore::key, parameters);
    }

    private static StoredKey key(ResultSet row) throws SQLException {
        byte @Nullable [] wrapped = row.getBytes("wrapped");
        @Nullable OffsetDateTime erasedAt = row.getObject("erased_at", OffsetDateTime.class);
        return new StoredKey(
                TenantId.of(row.getString("tenant_id")),
                row.getObject("key_id", UUID.class),
                row.getString("subject"),
                wrapped == null
                        ? Optional.empty()
                        : Optional.of(new StoredKey.Wrapped(row.getString("master_key"), wrapped)),
                erasedAt == null
                        ? Optional.empty()
                        : Optional.of(new StoredKey.Erased(
                                erasedAt.toInstant(), row.getString("reason"), row.getBoolean("finished"))));
    }

    private <T> List<T> query(String sql, Row<T> reader, Object... parameters) {
        return call(true, connection -> read(connection, sql, reader, parameters));
    }

    private <T> List<T> read(Connection connection, String sql, Row<T> reader, Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, parameters);
                ResultSet rows = statement.executeQuery()) {
            List<T> read = new ArrayList<>();
            while (rows.next()) {
                read.add(reader.read(rows));
            }
            return read;
        }
    }

    private int update(String sql, Object... parameters) {
        return changing(connection -> {
            try (PreparedStatement statement = prepared(connection, sql, parameters)) {
                return statement.executeUpdate();
            }
        });
    }

    private PreparedStatement prepared(Connection connection, String sql, Object... parameters) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql.replace("${schema}", "\"" + schema + "\""));
        for (int i = 0; i < parameters.length; i++) {
            if (parameters[i] instanceof byte[] bytes) {
                statement.setBytes(i + 1, bytes);
            } else {
                statement.setObject(i + 1, parameters[i]);
            }
        }
        return statement;
    }

    /** Runs work in a transaction whose commit waits for the disk. */
    private <T> T changing(Work<T> work) {
        return call(false, connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute(WAIT_FOR_THE_DISK);
                T result = work.on(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                rollBackAfter(e, connection);
                throw e;
            }
        });
    }

    private static void rollBackAfter(Exception failure, Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    private <T> T call(boolean autoCommit, Work<T> work) {
        try (Connection connection = dataSource.getConnection()) {
            boolean before = connection.getAutoCommit();
            if (before != autoCommit) {
                connection.setAutoCommit(autoCommit);
            }
            try {
                return work.on(connection);
            } finally {
                if (before != autoCommit) {
                    connection.setAutoCommit(before);
                }
            }
        } catch (SQLException e) {
            throw new StorageException(
                    "the keys of persons cannot be looked up or changed (SQLSTATE %s); the cause says what the database said"
                            .formatted(e.getSQLState()),
                    e);
        }
    }

    @FunctionalInterface
    private interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    @FunctionalInterface
    private interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }
}
