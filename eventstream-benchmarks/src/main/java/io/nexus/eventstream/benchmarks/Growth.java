package io.nexus.eventstream.benchmarks;

import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventStreamException;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.benchmarks.BenchmarkDatabase.AccountDebited;
import io.nexus.eventstream.benchmarks.GrowthReport.Step;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * A log that grows, and what an append and the read of a stream take when it is small and when it is large; beside a raw table
 * with the same rows. One thread calls all sides in turns, so each meets the same moment of the machine.
 */
final class Growth {

    private static final int TENANTS = GrowthFill.TENANTS;
    private static final StreamId GROWING = StreamId.of("account", "growing");

    private final RawLog raw = new RawLog();
    private final SplittableRandom random = new SplittableRandom(1);
    private final Map<TenantId, Long> versions = new HashMap<>();
    private final int samples;
    private long measured;

    Growth(Pace pace) {
        samples = pace == Pace.FULL ? 2_000 : 200;
    }

    /** Fills and measures, until all events are there, the time is over or the disk is nearly full. */
    GrowthReport run() throws SQLException, IOException, InterruptedException {
        long events = Long.getLong("growth", 10_000_000);
        Duration limit = Duration.ofMinutes(Long.getLong("growth.minutes", 30));
        Environment environment = Environment.observe();
        List<Step> steps = new ArrayList<>();
        String end;
        try (BenchmarkDatabase database = new BenchmarkDatabase(GrowthFill.THREADS + 1)) {
            GrowthFill fill = new GrowthFill(database, limit);
            EventStore store = database.store();
            end = "All %,d events are there.".formatted(events);
            for (long size : sizes(events)) {
                double rate = fill.upTo(size);
                if (fill.events() > 0) {
                    steps.add(measure(database, store, fill, rate));
                    System.out.printf("%,d events%n", fill.events());
                }
                if (fill.end() != null) {
                    end = "Stopped at %,d of %,d events: %s.".formatted(fill.events(), events, fill.end());
                    break;
                }
            }
        } catch (EventStreamException | SQLException e) {
            end = "Stopped after %d sizes: %s".formatted(steps.size(), e.getMessage());
        }
        String date = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        return new GrowthReport(date, environment, TENANTS, end, steps);
    }

    /** Returns the powers of ten from 10,000 up to the number, and the number. */
    private static List<Long> sizes(long events) {
        List<Long> sizes = new ArrayList<>();
        for (long size = 10_000; size < events; size *= 10) {
            sizes.add(size);
        }
        sizes.add(events);
        return sizes;
    }

    private Step measure(BenchmarkDatabase database, EventStore store, GrowthFill fill, double rate)
            throws SQLException {
        database.execute("CHECKPOINT");
        int calls = samples + (measured == 0 ? samples : samples / 4);
        double[][] times = new double[4][calls];
        for (int call = 0; call < calls; call++) {
            TenantId tenant = GrowthFill.tenant(random);
            long version = versions.merge(tenant, 1L, Long::sum);
            AccountDebited event = AccountDebited.number(version);
            GrowthFill.Written stream = fill.written(random);
            List<Call> sides = List.of(
                    () -> append(store, tenant, version, event),
                    () -> rawInsert(database, tenant, version, event),
                    () -> read(store, stream),
                    () -> rawRead(database, stream));
            // Each of a pair is the first one in every second turn.
            for (int turn = 0; turn < sides.size(); turn++) {
                int side = turn ^ call % 2;
                times[side][call] = time(sides.get(side));
            }
        }
        measured += calls;
        return new Step(
                fill.events(),
                Figures.rounded(rate),
                figures(times[0]),
                figures(times[1]),
                figures(times[2]),
                figures(times[3]),
                Figures.rounded(
                        Double.parseDouble(database.value("SELECT pg_total_relation_size('eventstream.events')"))
                                / (fill.events() + measured)),
                Long.parseLong(database.value("""
                        SELECT
                            s.autovacuum_count
                        FROM pg_stat_user_tables s
                        WHERE s.relid = 'eventstream.events'::regclass
                        """)));
    }

    private static void append(EventStore store, TenantId tenant, long version, AccountDebited event) {
        ExpectedVersion expected = version == 1 ? ExpectedVersion.noStream() : ExpectedVersion.exactly(version - 1);
        store.append(tenant, StreamAppend.of(GROWING, expected, NewEvent.of(event)));
    }

    private void rawInsert(BenchmarkDatabase database, TenantId tenant, long version, AccountDebited event)
            throws SQLException {
        try (Connection connection = database.pool().getConnection()) {
            raw.insert(connection, tenant.value(), GROWING.aggregateId().value(), version, event);
        }
    }

    private void read(EventStore store, GrowthFill.Written written) {
        int read = 0;
        for (RecordedEvent event : store.walk(written.tenant(), EventQuery.stream(written.stream()))) {
            Objects.requireNonNull(event.payload());
            read++;
        }
        requireAll(read);
    }

    private void rawRead(BenchmarkDatabase database, GrowthFill.Written written) throws SQLException {
        try (Connection connection = database.pool().getConnection()) {
            requireAll(raw.read(
                    connection,
                    written.tenant().value(),
                    written.stream().aggregateId().value(),
                    event -> Objects.requireNonNull(event.payload())));
        }
    }

    private static void requireAll(int read) {
        if (read != GrowthFill.EVENTS) {
            throw new IllegalStateException("%d events were read of %d".formatted(read, GrowthFill.EVENTS));
        }
    }

    private static double time(Call call) throws SQLException {
        long begin = System.nanoTime();
        call.run();
        return (System.nanoTime() - begin) / 1e3;
    }

    /** Returns the figures of the last calls; those before have warmed the machine. */
    private Figures figures(double[] times) {
        double[] sorted = Arrays.copyOfRange(times, times.length - samples, times.length);
        Arrays.sort(sorted);
        double median = Figures.rounded(sorted[samples / 2]);
        return new Figures(
                median,
                median,
                Figures.rounded(sorted[samples * 95 / 100]),
                Figures.rounded(sorted[samples * 99 / 100]));
    }

    @FunctionalInterface
    private interface Call {
        void run() throws SQLException;
    }
}
