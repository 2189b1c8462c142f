package io.nexus.eventstream.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.ClockSuspectException;
import io.nexus.eventstream.CommitOutcomeUnknownException;
import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventStreamException;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LaneBusyException;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.RetryTransactionException;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.faults.Book.Entry;
import io.nexus.eventstream.faults.Book.Fact;
import io.nexus.eventstream.faults.Book.Place;
import io.nexus.eventstream.faults.Book.Told;
import io.nexus.eventstream.jdbc.PostgresEventStore;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;

/**
 * Writers that append without pause, each append until it knows what became of it, and write down what they were told. Some
 * give up where they are told that nothing was written: that must then be true.
 */
final class Load implements AutoCloseable {

    /** The one kind of event of this suite. */
    record Posted(String text, long amount) {}

    static final EventTypes TYPES = EventTypes.of(Posted.class);

    private static final Duration LONGEST = Duration.ofMinutes(3);
    private static final long BETWEEN_ATTEMPTS_NANOS = 20_000_000;

    final AtomicLong acknowledged = new AtomicLong();
    final AtomicLong events = new AtomicLong();
    final AtomicLong conflicts = new AtomicLong();
    final AtomicLong inDoubt = new AtomicLong();
    final AtomicLong foundRecorded = new AtomicLong();
    final AtomicLong refusals = new AtomicLong();
    final AtomicLong busy = new AtomicLong();
    final AtomicLong suspectClocks = new AtomicLong();
    /** For how long at most nobody's append was acknowledged, in nanoseconds. */
    final AtomicLong longestPause = new AtomicLong();
    /** What went wrong that may not. */
    final ConcurrentLinkedQueue<Throwable> unexpected = new ConcurrentLinkedQueue<>();
    /** The last that was told, to be looked at. */
    volatile String lastRefusal = "";

    private final Book book;
    private final PostgresEventStore store;
    private final DataSource hosts;
    private final List<String> tenants;
    private final int streams;
    private final boolean groups;
    private final List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
    private final Random seeds = new Random();
    private final long seed = seeds.nextLong();
    private final AtomicLong lastAcknowledged = new AtomicLong(System.nanoTime());
    private volatile boolean stopping;

    private Load(Builder builder) {
        book = builder.book;
        store = builder.store;
        hosts = builder.hosts;
        tenants = builder.tenants;
        streams = builder.streams;
        groups = builder.groups;
        seeds.setSeed(seed);
        for (int i = 0; i < builder.writers; i++) {
            boolean hosted = hosts != null && i % 4 == 0;
            Random random = new Random(seeds.nextLong());
            Thread thread = new Thread(() -> write(random, hosted), "writer " + i);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
    }

    static Builder on(PostgresEventStore store, Book book) {
        return new Builder(store, book);
    }

    /** Waits until so many more appends were acknowledged. */
    void awaitProgress(long more) {
        long goal = acknowledged.get() + more;
        awaitThat(() -> acknowledged.get() >= goal, more + " more appends");
    }

    void awaitThat(BooleanSupplier condition, String what) {
        long end = System.nanoTime() + LONGEST.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(unexpected).as("seed %d", seed).isEmpty();
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        "in %s there were not %s; the last refusal: %s".formatted(LONGEST, what, lastRefusal));
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    /** Interrupts one of the writers. */
    void interruptOne(Random random) {
        threads.get(random.nextInt(threads.size())).interrupt();
    }

    /** Begins no append any more, and waits until each that was begun knows what became of it. */
    void settle() {
        stopping = true;
        long end = System.nanoTime() + LONGEST.toNanos();
        for (Thread thread : List.copyOf(threads)) {
            while (thread.isAlive()) {
                if (System.nanoTime() > end) {
                    AssertionError hanging = new AssertionError(thread.getName() + " does not end");
                    hanging.setStackTrace(thread.getStackTrace());
                    throw hanging;
                }
                LockSupport.parkNanos(5_000_000);
            }
        }
        assertThat(unexpected).as("seed %d", seed).isEmpty();
    }

    @Override
    public void close() {
        stopping = true;
        threads.forEach(Thread::interrupt);
    }

    private void write(Random random, boolean hosted) {
        try {
            while (!stopping) {
                Prepared append = prepared(random);
                append.entry.hosted = hosted;
                send(append, random);
            }
        } catch (RuntimeException | Error | SQLException e) {
            unexpected.add(e);
        }
    }

    private Prepared prepared(Random random) {
        TenantId tenant = TenantId.of(tenants.get(random.nextInt(tenants.size())));
        List<StreamAppend> appends = new ArrayList<>();
        List<Fact> facts = new ArrayList<>();
        int first = random.nextInt(streams);
        for (int s = 0; s <= (random.nextInt(4) == 0 ? 1 : 0); s++) {
            StreamId stream = StreamId.of("account", Integer.toString((first + s) % streams));
            List<NewEvent> news = new ArrayList<>();
            for (int e = 0; e <= random.nextInt(3); e++) {
                String text = "%016x%016x".formatted(random.nextLong(), random.nextLong());
                NewEvent event = NewEvent.of(new Posted(text, random.nextInt()));
                news.add(event);
                facts.add(new Fact(event.id().value(), stream.aggregateId().value(), text));
            }
            appends.add(new StreamAppend(stream, expected(tenant, stream, random), news));
        }
        return new Prepared(tenant, appends, book.sent(tenant.value(), facts));
    }

    private ExpectedVersion expected(TenantId tenant, StreamId stream, Random random) {
        if (random.nextInt(3) > 0) {
            return ExpectedVersion.any();
        }
        try {
            return ExpectedVersion.exactly(store.version(tenant, stream).value());
        } catch (StorageException e) {
            return ExpectedVersion.any();
        }
    }

    private void send(Prepared append, Random random) throws SQLException {
        Entry entry = append.entry;
        List<StreamAppend> appends = append.appends;
        long end = System.nanoTime() + LONGEST.toNanos();
        while (System.nanoTime() < end) {
            try {
                AppendResult result =
                        entry.hosted ? hosted(append.tenant, appends) : store.appendAll(append.tenant, appends);
                note(entry, result);
                return;
            } catch (ConcurrencyException e) {
                conflicts.incrementAndGet();
                entry.told = Told.REFUSED;
                return;
            } catch (CommitOutcomeUnknownException e) {
                inDoubt.incrementAndGet();
                entry.wasInDoubt = true;
                if (Mutation.DOUBT_IS_FAILURE.isOn()) {
                    entry.told = Told.REFUSED;
                    return;
                }
                if (Mutation.NEW_IDS.isOn()) {
                    appends = appends.stream().map(Load::withNewIds).toList();
                }
            } catch (LaneBusyException e) {
                busy.incrementAndGet();
                lastRefusal = String.valueOf(e.getMessage());
            } catch (ClockSuspectException e) {
                suspectClocks.incrementAndGet();
                lastRefusal = String.valueOf(e.getMessage());
            } catch (StorageException | RetryTransactionException e) {
                refusals.incrementAndGet();
                lastRefusal = String.valueOf(e.getMessage());
                // In a group a doubt is resolved unseen, and the answer may rightly be that of an earlier attempt.
                entry.wasRefused = !groups;
                if (!entry.wasInDoubt && random.nextInt(5) == 0) {
                    entry.told = Told.REFUSED;
                    return;
                }
            }
            // An interrupt was for the attempt before.
            Thread.interrupted();
            LockSupport.parkNanos(BETWEEN_ATTEMPTS_NANOS);
        }
        throw new AssertionError("an append does not come through; the last refusal: " + lastRefusal);
    }

    private void note(Entry entry, AppendResult result) {
        result.events()
                .forEach(event -> entry.places.add(new Place(
                        event.id().value(),
                        event.version().value(),
                        event.position().value())));
        entry.recordedAt = result.recordedAt();
        entry.alreadyRecorded = result.alreadyRecorded();
        entry.told = Told.ACKNOWLEDGED;
        events.addAndGet(entry.places.size());
        long now = System.nanoTime();
        longestPause.accumulateAndGet(now - lastAcknowledged.getAndSet(now), Math::max);
        acknowledged.incrementAndGet();
        if (result.alreadyRecorded()) {
            foundRecorded.incrementAndGet();
        }
    }

    /** Appends in a transaction of a host that writes a row of its own, as hosts do: append last, commit at once. */
    private AppendResult hosted(TenantId tenant, List<StreamAppend> appends) throws SQLException {
        Connection connection;
        try {
            connection = hosts.getConnection();
        } catch (SQLException e) {
            throw new StorageException("the host has no connection: " + e.getMessage(), e);
        }
        try (connection) {
            AppendResult result;
            try {
                connection.setAutoCommit(false);
                try (PreparedStatement row =
                        connection.prepareStatement("INSERT INTO public.host_rows (event_id) VALUES (?)")) {
                    row.setObject(1, appends.get(0).events().get(0).id().value());
                    row.executeUpdate();
                }
                result = store.joining(connection).appendAll(tenant, appends);
            } catch (SQLException e) {
                throw new StorageException("before the host's commit: " + e.getMessage(), e);
            }
            if (result.alreadyRecorded()) {
                // The first attempt has written the row as well.
                connection.rollback();
                return result;
            }
            commit(connection, tenant, appends);
            return result;
        } catch (EventStreamException e) {
            throw e;
        } catch (SQLException e) {
            throw new StorageException("the host's transaction was not ended: " + e.getMessage(), e);
        }
    }

    private static void commit(Connection connection, TenantId tenant, List<StreamAppend> appends) {
        try {
            connection.commit();
        } catch (SQLException e) {
            throw new CommitOutcomeUnknownException(tenant, appends, e);
        }
    }

    private static StreamAppend withNewIds(StreamAppend append) {
        return new StreamAppend(
                append.stream(),
                append.expected(),
                append.events().stream()
                        .map(event -> event.withId(EventId.generate()))
                        .toList());
    }

    private record Prepared(TenantId tenant, List<StreamAppend> appends, Entry entry) {}

    /** Asserts that the host has a row for each append that it made, and no other. */
    static long checkHostRows(Server server, Book book) {
        List<String> rows = server.query("SELECT event_id FROM public.host_rows ORDER BY 1");
        List<String> expected = book.entries().stream()
                .filter(entry -> entry.hosted && entry.told == Told.ACKNOWLEDGED)
                .map(entry -> entry.facts.get(0).id())
                .map(UUID::toString)
                .sorted()
                .toList();
        assertThat(rows).as("rows of the host beside its events").isEqualTo(expected);
        return rows.size();
    }

    /** Sets up a load. */
    static final class Builder {

        private final PostgresEventStore store;
        private final Book book;
        private DataSource hosts;
        private List<String> tenants = List.of("acme", "bolt");
        private int streams = 8;
        private int writers = 16;
        private boolean groups = true;

        private Builder(PostgresEventStore store, Book book) {
            this.store = store;
            this.book = book;
        }

        Builder tenants(String... names) {
            tenants = List.of(names);
            return this;
        }

        Builder streams(int number) {
            streams = number;
            return this;
        }

        Builder writers(int number) {
            writers = number;
            return this;
        }

        Builder groups(boolean allowed) {
            groups = allowed;
            return this;
        }

        /** Lets every fourth writer append in transactions of a host. */
        Builder hosts(DataSource dataSource) {
            hosts = dataSource;
            return this;
        }

        Load start() {
            return new Load(this);
        }
    }
}
