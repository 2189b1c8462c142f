package io.nexus.eventstream.benchmarks;

import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventStreamException;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.benchmarks.BenchmarkDatabase.AccountDebited;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Fills a log and its raw twin by several threads: streams of 100 events, ten in one append. The tenants are skewed as by Zipf's
 * law: the second has half as much as the first, the third a third of it.
 */
final class GrowthFill {

    static final int TENANTS = 1_000;
    static final int THREADS = 4;
    /** How many events a stream has. */
    static final int EVENTS = 100;

    private static final int STREAMS = 10;
    private static final long LEAST_DISK = 5L << 30;
    private static final double[] SHARES = shares();

    private static final String COPY =
            """
            INSERT INTO raw.events (tenant_id, ${target})
            SELECT
                e.tenant_id,
                ${source}
            FROM eventstream.events e
            WHERE e.tenant_id = ?
              AND e.stream_category = 'account'
              AND e.stream_id = ANY (?)
            """.replace("${target}", RawLog.READ_COLUMNS.replace("e.", "")).replace("${source}", RawLog.READ_COLUMNS);

    /** A stream that is there. */
    record Written(TenantId tenant, StreamId stream) {}

    private final BenchmarkDatabase database;
    private final EventStore store;
    private final long deadline;
    private final Path data;
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong nanos = new AtomicLong();

    private volatile @Nullable String end;

    GrowthFill(BenchmarkDatabase database, Duration limit) {
        this.database = database;
        store = database.hastyStore();
        deadline = System.nanoTime() + limit.toNanos();
        data = Path.of(database.value("SHOW data_directory"));
        for (int tenant = 0; tenant < TENANTS; tenant++) {
            store.ensureTenant(tenantOfRank(tenant));
        }
        // The twin takes the positions over; those of raw inserts must not meet them.
        database.execute("ALTER SEQUENCE raw.positions RESTART 1000000000000");
    }

    /** Returns how many events were filled in. */
    long events() {
        return next.get() * STREAMS * EVENTS;
    }

    /** Returns why it ended early, if it did. */
    @Nullable
    String end() {
        return end;
    }

    /** Fills up to a number of events and returns how many a second all threads appended. */
    double upTo(long size) throws InterruptedException {
        long before = events();
        nanos.set(0);
        List<Thread> threads = new ArrayList<>();
        for (int each = 0; each < THREADS; each++) {
            Thread thread = new Thread(() -> work(size), "fill-" + each);
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return (events() - before) * 1e9 * THREADS / Math.max(1, nanos.get());
    }

    private void work(long size) {
        try {
            while (mayGoOn()) {
                long batch = next.getAndUpdate(made -> made * STREAMS * EVENTS < size ? made + 1 : made);
                if (batch * STREAMS * EVENTS >= size) {
                    return;
                }
                fill(batch);
            }
        } catch (EventStreamException | SQLException | IOException e) {
            end = "the server failed, " + e.getMessage();
        }
    }

    private boolean mayGoOn() throws IOException {
        if (end == null && System.nanoTime() > deadline) {
            end = "the time is over (-Dgrowth.minutes)";
        }
        if (end == null && Files.exists(data) && Files.getFileStore(data).getUsableSpace() < LEAST_DISK) {
            end = "less than %d GiB of disk are left".formatted(LEAST_DISK >> 30);
        }
        return end == null;
    }

    private void fill(long batch) throws SQLException {
        TenantId tenant = tenantOf(batch);
        List<StreamAppend> appends = new ArrayList<>(STREAMS);
        for (int number = 0; number < STREAMS; number++) {
            List<NewEvent> events = LongStream.range(0, EVENTS)
                    .mapToObj(event -> NewEvent.of(AccountDebited.number(event)))
                    .toList();
            appends.add(new StreamAppend(stream(batch, number), ExpectedVersion.noStream(), events));
        }
        long begin = System.nanoTime();
        store.appendAll(tenant, appends);
        nanos.addAndGet(System.nanoTime() - begin);
        String[] streams = appends.stream()
                .map(append -> append.stream().aggregateId().value())
                .toArray(String[]::new);
        try (Connection connection = database.pool().getConnection();
                PreparedStatement copy = connection.prepareStatement(COPY)) {
            copy.setString(1, tenant.value());
            copy.setArray(2, connection.createArrayOf("text", streams));
            copy.executeUpdate();
        }
    }

    /** Returns a stream picked at random. */
    Written written(SplittableRandom random) {
        long batch = random.nextLong(next.get());
        return new Written(tenantOf(batch), stream(batch, random.nextInt(STREAMS)));
    }

    /** Returns a tenant picked by its share. */
    static TenantId tenant(SplittableRandom random) {
        int rank = Arrays.binarySearch(SHARES, random.nextDouble());
        return tenantOfRank(Math.min(TENANTS - 1, rank < 0 ? -rank - 1 : rank));
    }

    private static TenantId tenantOf(long batch) {
        return tenant(new SplittableRandom(batch));
    }

    private static TenantId tenantOfRank(int rank) {
        return TenantId.of("tenant-" + rank);
    }

    private static StreamId stream(long batch, int number) {
        return StreamId.of("account", "%d-%d".formatted(batch, number));
    }

    /** Returns for each tenant the share of it and all before it. */
    private static double[] shares() {
        double[] shares = new double[TENANTS];
        double sum = 0;
        for (int rank = 0; rank < TENANTS; rank++) {
            sum += 1.0 / (rank + 1);
            shares[rank] = sum;
        }
        for (int rank = 0; rank < TENANTS; rank++) {
            shares[rank] /= sum;
        }
        return shares;
    }
}
