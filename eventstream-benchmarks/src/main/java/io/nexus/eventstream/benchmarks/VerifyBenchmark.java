package io.nexus.eventstream.benchmarks;

import io.nexus.eventstream.core.proof.LogVerifier;
import io.nexus.eventstream.proof.VerificationReport;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A tenant's whole log, verified; beside a cursor over the same rows that hashes the same bytes of each event and compares nothing, once
 * with a value for each column and once with bytes that the database has put together.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class VerifyBenchmark {

    private static final int FETCH_SIZE = 1_000;
    private static final Instant YEAR_2000 = Instant.parse("2000-01-01T00:00:00Z");

    private static final String SELECT = """
            SELECT
                ${columns}
            FROM eventstream.events e
            WHERE e.tenant_id = ?
            ORDER BY e.position
            """;

    private static final String COLUMNS = SELECT.replace("${columns}", RawLog.READ_COLUMNS);

    private static final String BYTES = SELECT.replace("${columns}", """
            int8send(e.position) || int8send(e.version) || int4send(e.schema_version)
                    || timestamptz_send(e.occurred_at) || timestamptz_send(e.recorded_at) || uuid_send(e.event_id),
                e.stream_category,
                e.stream_id,
                e.event_type,
                e.payload,
                e.metadata,
                e.hash""");

    private final byte[] domain = "eventstream.event.v1".getBytes(StandardCharsets.US_ASCII);
    private final byte[] tenant = StateDatabase.TENANT.value().getBytes(StandardCharsets.UTF_8);
    private final ByteBuffer bytes = ByteBuffer.allocate(1 << 16);

    /** How long the log is. */
    @Param({"100000", "1000000"})
    public int events;

    private BenchmarkDatabase database;
    private ExecutorService executor;
    private LogVerifier verifier;
    private LogVerifier verifierAhead;

    /** Opens the log. */
    @Setup
    public void open() {
        database = StreamReadBenchmark.log(events, events / StreamReadBenchmark.EVENTS);
        executor = Executors.newSingleThreadExecutor();
        verifier = LogVerifier.of(database.store());
        verifierAhead =
                LogVerifier.builder(database.store()).readAhead(executor).build();
    }

    /** Closes the pool. */
    @TearDown
    public void close() {
        executor.shutdown();
        database.close();
    }

    /** The library. */
    @Benchmark
    public void verify() {
        requireIntact(verifier.verify(StateDatabase.TENANT));
    }

    /** The library with a thread that reads the next page while one is hashed. */
    @Benchmark
    public void verifyReadAhead() {
        requireIntact(verifierAhead.verify(StateDatabase.TENANT));
    }

    /** The raw database, each column by its getter. */
    @Benchmark
    public byte[] rawColumns() throws SQLException {
        return hashed(COLUMNS, VerifyBenchmark::putColumns);
    }

    /** The raw database, bytes only. */
    @Benchmark
    public byte[] rawBytes() throws SQLException {
        return hashed(BYTES, VerifyBenchmark::putBytes);
    }

    private byte[] hashed(String select, Row row) throws SQLException {
        MessageDigest sha256 = sha256();
        byte[] link = new byte[sha256.getDigestLength()];
        int read = 0;
        try (Connection connection = database.pool().getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement statement = RawLog.binary(connection.prepareStatement(select))) {
                statement.setFetchSize(FETCH_SIZE);
                statement.setString(1, StateDatabase.TENANT.value());
                try (ResultSet rows = statement.executeQuery()) {
                    while (rows.next()) {
                        bytes.clear().put(domain).put(link);
                        row.put(rows, bytes, tenant);
                        sha256.update(bytes.flip());
                        link = sha256.digest();
                        read++;
                    }
                }
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
        requireAll(read);
        return link;
    }

    private static void putColumns(ResultSet row, ByteBuffer bytes, byte[] tenant) throws SQLException {
        UUID id = row.getObject(6, UUID.class);
        bytes.putLong(row.getLong(1)).putLong(row.getLong(2)).putInt(row.getInt(5));
        bytes.putLong(micros(row.getObject(3, OffsetDateTime.class)));
        bytes.putLong(micros(row.getObject(4, OffsetDateTime.class)));
        bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        put(bytes, tenant);
        put(bytes, row.getString(7).getBytes(StandardCharsets.UTF_8));
        put(bytes, row.getString(8).getBytes(StandardCharsets.UTF_8));
        put(bytes, row.getString(9).getBytes(StandardCharsets.UTF_8));
        put(bytes, row.getBytes(11));
        put(bytes, row.getBytes(12));
        row.getBytes(10);
    }

    private static void putBytes(ResultSet row, ByteBuffer bytes, byte[] tenant) throws SQLException {
        bytes.put(row.getBytes(1));
        put(bytes, tenant);
        for (int column = 2; column <= 6; column++) {
            put(bytes, row.getBytes(column));
        }
        row.getBytes(7);
    }

    private static void put(ByteBuffer bytes, byte[] text) {
        bytes.putInt(text.length).put(text);
    }

    private static long micros(OffsetDateTime moment) {
        Duration since = Duration.between(YEAR_2000, moment.toInstant());
        return since.getSeconds() * 1_000_000 + since.getNano() / 1_000;
    }

    private void requireIntact(VerificationReport report) {
        if (!report.isIntact()) {
            throw new IllegalStateException(report.toString());
        }
        requireAll(report.events());
    }

    private void requireAll(long read) {
        if (read != events) {
            throw new IllegalStateException("%d events were read of %d".formatted(read, events));
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Puts the bytes of a row that a link covers. */
    @FunctionalInterface
    private interface Row {
        void put(ResultSet row, ByteBuffer bytes, byte[] tenant) throws SQLException;
    }
}
