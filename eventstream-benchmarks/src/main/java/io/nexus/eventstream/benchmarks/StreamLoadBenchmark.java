package io.nexus.eventstream.benchmarks;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.benchmarks.BenchmarkDatabase.AccountDebited;
import io.nexus.eventstream.benchmarks.StateDatabase.Total;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.core.LoadedState;
import io.nexus.eventstream.core.SnapshotManager;
import io.nexus.eventstream.core.SnapshotPolicy;
import io.nexus.eventstream.core.SnapshotSettings;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import tools.jackson.databind.json.JsonMapper;

/**
 * The state of a stream of 10,000 events: from all events, from a snapshot 50 events before the end, from memory, and as of a
 * business time in the middle; beside a plain loop that reads the payloads in one statement and decodes them with the same
 * settings.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 3, time = 3)
public class StreamLoadBenchmark {

    static final int EVENTS = 10_000;

    private static final int AFTER_SNAPSHOT = 50;

    private static final String RAW = """
            SELECT
                e.payload
            FROM eventstream.events e
            WHERE e.tenant_id = ?
              AND e.stream_category = ?
              AND e.stream_id = ?
              AND e.occurred_at <= ?
            ORDER BY e.version
            """;

    private final JsonMapper mapper = BenchmarkDatabase.mapper();
    private final Instant middle = StateDatabase.momentAfter(EVENTS / 2);
    private BenchmarkDatabase database;
    private EventStreamManager plain;
    private EventStreamManager withSnapshot;
    private EventStreamManager withCache;

    /** Fills one stream, saves a snapshot near its end, and checks that all ways give one answer. */
    @Setup
    public void open() throws SQLException {
        database = new BenchmarkDatabase(2);
        PostgresEventStore store = database.store();
        StateDatabase.fill(database.hastyStore(), EVENTS, 1);
        database.execute("VACUUM (ANALYZE) eventstream.events");
        plain = EventStreamManager.builder()
                .store(store)
                .tenant(StateDatabase.TENANT)
                .build();
        withSnapshot = plain.withSnapshots(snapshots(store, Duration.ZERO));
        withCache = plain.withSnapshots(snapshots(store, Duration.ofHours(1)));
        withSnapshot.snapshots().create(StateDatabase.TENANT, StateDatabase.account(0), StateDatabase.fold());
        for (int i = 0; i < AFTER_SNAPSHOT; i++) {
            StateDatabase.append(store, EVENTS + i);
        }
        Total expected = rawLoop();
        for (EventStreamManager manager : new EventStreamManager[] {plain, withSnapshot, withCache}) {
            if (!present(manager).state().equals(expected)) {
                throw new IllegalStateException("the state is %s, not %s".formatted(present(manager), expected));
            }
        }
        if (!asOfBusinessTime().equals(rawAsOfBusinessTime())) {
            throw new IllegalStateException("the states as of %s differ".formatted(middle));
        }
    }

    private static SnapshotManager snapshots(PostgresEventStore store, Duration cacheTtl) {
        return SnapshotManager.builder(store)
                .snapshot(
                        StateDatabase.CATEGORY,
                        StateDatabase.fold(),
                        SnapshotPolicy.everyEvents(100).onDemand())
                .settings(SnapshotSettings.defaults().withCacheTtl(cacheTtl))
                .build();
    }

    /** Closes the pool; the server ends with the fork. */
    @TearDown
    public void close() {
        database.close();
    }

    /** All events. */
    @Benchmark
    public LoadedState<Total> fromEvents() {
        return present(plain);
    }

    /** A snapshot from its table, and what follows on it. */
    @Benchmark
    public LoadedState<Total> fromSnapshot() {
        return present(withSnapshot);
    }

    /** A state in memory, and the event that it ends with. */
    @Benchmark
    public LoadedState<Total> fromMemory() {
        return present(withCache);
    }

    /** The events that had occurred by a moment, back-dated ones included. */
    @Benchmark
    public Total asOfBusinessTime() {
        return plain.stateAt(StateDatabase.account(0), AsOf.occurred(middle), StateDatabase.fold());
    }

    /** The plain loop. */
    @Benchmark
    public Total rawLoop() throws SQLException {
        return raw(Instant.parse("9999-12-31T00:00:00Z"));
    }

    /** The plain loop up to the same moment. */
    @Benchmark
    public Total rawAsOfBusinessTime() throws SQLException {
        return raw(middle);
    }

    private static LoadedState<Total> present(EventStreamManager manager) {
        return manager.load(StateDatabase.account(0), StateDatabase.fold());
    }

    private Total raw(Instant upTo) throws SQLException {
        try (Connection connection = database.pool().getConnection();
                PreparedStatement read = connection.prepareStatement(RAW)) {
            read.setString(1, StateDatabase.TENANT.value());
            read.setString(2, StateDatabase.CATEGORY);
            read.setString(3, StateDatabase.account(0).aggregateId().value());
            read.setObject(4, OffsetDateTime.ofInstant(upTo, ZoneOffset.UTC));
            Total total = Total.NONE;
            try (ResultSet rows = read.executeQuery()) {
                while (rows.next()) {
                    total = total.plus(mapper.readValue(rows.getBytes(1), AccountDebited.class));
                }
            }
            return total;
        }
    }
}
