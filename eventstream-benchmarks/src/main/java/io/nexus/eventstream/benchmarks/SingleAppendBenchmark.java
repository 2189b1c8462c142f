package io.nexus.eventstream.benchmarks;

import com.github.f4b6a3.ulid.UlidCreator;
import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.benchmarks.BenchmarkDatabase.AccountDebited;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One event to a new stream, one thread, beside one autocommitted prepared INSERT of the same row into a table of the same
 * shape. Both take a connection from the same pool and wait for the disk.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SingleAppendBenchmark {

    private static final TenantId TENANT = TenantId.of("acme");

    private static final String RAW_INSERT = """
            INSERT INTO raw.events (
                position, version, occurred_at, recorded_at, schema_version, event_id, tenant_id, stream_category,
                stream_id, event_type, hash, payload, metadata)
            VALUES (nextval('raw.positions'), 1, now(), now(), 1, ?, 'acme', 'account', ?, 'account-debited', ?, ?::json, '{}')
            """;

    private final byte[] hash = new byte[32];
    private BenchmarkDatabase database;
    private EventStore store;
    private long next;

    /** Starts the server and fills nothing: both sides begin with an empty table. */
    @Setup
    public void open() {
        database = new BenchmarkDatabase(2);
        store = database.store();
        store.ensureTenant(TENANT);
    }

    /** Closes the pool; the server ends with the fork. */
    @TearDown
    public void close() {
        database.close();
    }

    /** The library: lane, checks, hash chain, one row. */
    @Benchmark
    public AppendResult append() {
        StreamId account = StreamId.of("account", Long.toString(++next));
        return store.append(TENANT, StreamAppend.of(account, ExpectedVersion.noStream(), NewEvent.of(debit(next))));
    }

    /** The raw database: one row. */
    @Benchmark
    public int rawInsert() throws SQLException {
        try (Connection connection = database.pool().getConnection();
                PreparedStatement insert = connection.prepareStatement(RAW_INSERT)) {
            AccountDebited debit = debit(++next);
            insert.setObject(1, UlidCreator.getMonotonicUlid().toUuid());
            insert.setString(2, Long.toString(next));
            insert.setBytes(3, hash);
            insert.setString(
                    4,
                    "{\"entry\":\"%s\",\"amount\":%s,\"currency\":\"%s\",\"description\":\"%s\"}"
                            .formatted(debit.entry(), debit.amount(), debit.currency(), debit.description()));
            return insert.executeUpdate();
        }
    }

    private static AccountDebited debit(long number) {
        return new AccountDebited(
                "JE-" + number, BigDecimal.valueOf(number, 2), "MYR", "Customer payment received for an invoice");
    }
}
