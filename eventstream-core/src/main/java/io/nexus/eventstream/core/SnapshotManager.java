package io.nexus.eventstream.core;

import com.github.benmanes.caffeine.cache.Ticker;
import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AppendedEvent;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.LimitExceededException;
import io.nexus.eventstream.NamedFold;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.StreamNotFoundException;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.access.AccessGuard;
import io.nexus.eventstream.snapshot.InvalidSnapshotException;
import io.nexus.eventstream.snapshot.InvalidSnapshotException.Reason;
import io.nexus.eventstream.snapshot.Snapshot;
import io.nexus.eventstream.snapshot.SnapshotInfo;
import io.nexus.eventstream.snapshot.SnapshotListener;
import io.nexus.eventstream.snapshot.SnapshotRepository;
import io.nexus.eventstream.spi.ForwardingEventStore;
import io.nexus.eventstream.spi.SnapshottingEventStore;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes snapshots, reads states from them, and trusts none of them.
 *
 * <pre>{@code
 * SnapshotManager snapshots = SnapshotManager.builder(store)
 *         .snapshot("account", Balance.fold())
 *         .build();
 * EventStreamManager ledger = EventStreamManager.builder().store(store).tenant(acme).build().withSnapshots(snapshots);
 * }</pre>
 *
 * <h2>When a snapshot may stand in for events</h2>
 *
 * <p>A state is folded from a stream's events in the order of their versions. A snapshot at version <em>v</em> may stand in for
 * the events up to <em>v</em> in a question if all of them belong to the answer: if <em>v</em> and the moment at which it was recorded are
 * not beyond what is asked for, and the latest business time among those events is not either. So one event that
 * occurred late is enough to make a snapshot useless for a question about business time before it; back-dated events after the snapshot do not matter, since
 * they are read. The events after it are then folded as always.
 *
 * <p>The event that it ends with is read too, and must have the hash that the snapshot remembers: a snapshot of a log that was restored
 * to an earlier state since is found out, at the price of one row. Checksum, class of the state and that hash are
 * checked at each use. What fails is reported to the {@link SnapshotListener}, deleted, and never reaches the caller.
 *
 * <p>A SHA-256 finds what broke. Whoever can write the table can also write a checksum, so against them give a {@link
 * Builder#key}, which they do not have, or have {@link #verify} compare with a replay.
 *
 * <p>States in memory are used in the same way: they are only the beginning, and every load reads the stream from there.
 *
 * <p>Thread-safe. Methods block; {@link Builder#executor} moves what is made by itself elsewhere.
 */
public final class SnapshotManager implements Snapshots {

    private static final Logger log = LoggerFactory.getLogger(SnapshotManager.class);
    private static final Duration LONGEST_INTERVAL = Duration.ofDays(365);

    private final EventStore store;
    private final SnapshotRepository repository;
    private final SnapshotSettings settings;
    private final Map<String, List<SnapshotDuty<?>>> duties;
    private final SnapshotCodec codec;
    private final SnapshotCache cache;
    private final SnapshotReports reports;
    private final SnapshotReader reader;
    private final DueStreams due;
    private final Executor executor;
    private final Clock clock;

    /** What is being made by itself, so that a slow executor is not given the same work by every load. */
    private final Set<List<Object>> underWay = ConcurrentHashMap.newKeySet();

    private SnapshotManager(Builder builder) {
        store = builder.store;
        repository = builder.repository;
        settings = builder.settings;
        duties = builder.dutiesByCategory();
        codec = new SnapshotCodec(builder.key);
        cache = new SnapshotCache(settings.cacheTtl(), builder.cacheSize, Ticker.systemTicker());
        reports = new SnapshotReports(builder.listener);
        reader = new SnapshotReader(store, repository, codec, cache, reports);
        due = new DueStreams(repository);
        executor = builder.executor;
        clock = builder.clock;
    }

    /**
     * Returns a builder of a manager for snapshots that are kept beside the events of a store. Of a guarded store it works as the
     * system, behind the guard; whoever sets that up must be allowed to administer all tenants.
     *
     * @throws IllegalArgumentException if the store masks
     */
    public static Builder builder(SnapshottingEventStore store) {
        EventStore plain = AccessGuard.unguarded(store);
        return new Builder(plain, plain instanceof SnapshottingEventStore own ? own.snapshots() : store.snapshots());
    }

    /**
     * Returns a builder of a manager for snapshots that are kept elsewhere; encrypted, if the store's events are. A decorator of a
     * store must be a {@link ForwardingEventStore} for that.
     *
     * @throws IllegalArgumentException if the store masks
     */
    public static Builder builder(EventStore store, SnapshotRepository repository) {
        Objects.requireNonNull(repository, "repository");
        EventStore plain = AccessGuard.unguarded(store);
        return new Builder(plain, plain instanceof ForwardingEventStore own ? own.protecting(repository) : repository);
    }

    @Override
    public SnapshotRepository repository() {
        return repository;
    }

    @Override
    public SnapshotUse use() {
        return reports.use();
    }

    @Override
    public <S> LoadedState<S> load(TenantId tenant, StreamId stream, NamedFold<S> fold, AsOf asOf) {
        SnapshotReader.Loaded<S> loaded = loaded(tenant, stream, fold, asOf);
        if (asOf.equals(AsOf.now()) && settings.enabled()) {
            policy(stream, fold).ifPresent(policy -> {
                long fresh = loaded.folded().version().value() - loaded.stored().value();
                if (policy.made() == SnapshotPolicy.Made.ON_LOAD && fresh >= policy.threshold()) {
                    // Who reads from events does not know which snapshots there are.
                    byItself(
                            tenant,
                            stream,
                            fold,
                            policy.readFrom()
                                    ? () -> saved(tenant, stream, fold, loaded)
                                    : () -> createIfNeeded(tenant, stream, fold));
                }
            });
        }
        return loaded.folded().loaded();
    }

    @Override
    public <S> Snapshot create(TenantId tenant, StreamId stream, NamedFold<S> fold) {
        if (!settings.enabled()) {
            throw new IllegalStateException("snapshots are switched off by snapshots.enabled");
        }
        SnapshotReader.Loaded<S> present = loaded(tenant, stream, fold, AsOf.now());
        if (present.folded().version().equals(EventVersion.NONE)) {
            throw new StreamNotFoundException(tenant, stream, EventVersion.first(), EventVersion.NONE);
        }
        return saved(tenant, stream, fold, present)
                .orElseThrow(() -> new IllegalStateException(
                        "a state of %s is not kept at present: the repository declines it, see its documentation"
                                .formatted(stream)));
    }

    @Override
    public <S> Optional<Snapshot> createIfNeeded(TenantId tenant, StreamId stream, NamedFold<S> fold) {
        if (!settings.enabled()) {
            return Optional.empty();
        }
        long latest = repository
                .latest(tenant, stream, fold.name(), fold.schemaVersion())
                .map(snapshot -> snapshot.version().value())
                .orElse(0L);
        int threshold = policy(stream, fold).map(SnapshotPolicy::threshold).orElse(settings.threshold());
        boolean needed = store.version(tenant, stream).value() - latest >= threshold;
        return needed ? saved(tenant, stream, fold, loaded(tenant, stream, fold, AsOf.now())) : Optional.empty();
    }

    @Override
    public boolean isValid(Snapshot snapshot) {
        return codec.isValid(snapshot);
    }

    @Override
    public <S> List<InvalidSnapshotException> verify(TenantId tenant, StreamId stream, NamedFold<S> fold) {
        List<InvalidSnapshotException> invalid =
                new SnapshotReplay<>(store, repository, codec, fold).compared(tenant, stream);
        invalid.forEach(each -> reports.dropped(each, repository));
        if (!invalid.isEmpty()) {
            cache.drop(tenant, stream, fold);
        }
        return invalid;
    }

    @Override
    public int createDue(TenantId tenant) {
        if (!settings.enabled()) {
            return 0;
        }
        return duties.values().stream()
                .flatMap(Collection::stream)
                .mapToInt(duty -> createDue(tenant, duty))
                .sum();
    }

    @Override
    public int applyRetention(TenantId tenant) {
        return repository.deleteOlderThan(tenant, clock.instant().minus(settings.retention()), 1);
    }

    @Override
    public AutoCloseable maintain(
            ScheduledExecutorService scheduler, Duration interval, Supplier<? extends Collection<TenantId>> tenants) {
        Objects.requireNonNull(tenants, "tenants");
        if (interval.compareTo(Duration.ofMillis(1)) < 0 || interval.compareTo(LONGEST_INTERVAL) > 0) {
            throw new IllegalArgumentException("interval is %s, it must be a millisecond or more, and at most %s"
                    .formatted(interval, LONGEST_INTERVAL));
        }
        ScheduledFuture<?> job = scheduler.scheduleWithFixedDelay(
                () -> {
                    try {
                        tenants.get().forEach(this::maintain);
                    } catch (RuntimeException e) {
                        // It must not reach the scheduler, which would never run this again.
                        log.warn(
                                "The tenants whose snapshots are to be looked after are not known: {}",
                                e.getClass().getName());
                    }
                },
                0,
                interval.toMillis(),
                TimeUnit.MILLISECONDS);
        return () -> job.cancel(false);
    }

    /**
     * Forgets all that is kept of a stream, in memory and stored, for example because a person was erased whose data it holds.
     * What may be kept is made again from the events. Other nodes forget what they have in memory after {@link
     * SnapshotSettings#cacheTtl()}.
     *
     * @return how many stored snapshots were deleted
     */
    public int forget(TenantId tenant, StreamId stream) {
        cache.drop(tenant, stream);
        return (int) repository.list(tenant, stream).stream()
                .filter(snapshot -> repository.delete(tenant, snapshot))
                .count();
    }

    @Override
    public void appended(TenantId tenant, AppendResult result) {
        if (!settings.enabled() || result.alreadyRecorded() || duties.isEmpty()) {
            return;
        }
        Map<StreamId, Long> added =
                result.events().stream().collect(Collectors.groupingBy(AppendedEvent::stream, Collectors.counting()));
        added.forEach((stream, events) -> {
            long version = result.version(stream).value();
            for (SnapshotDuty<?> duty : duties.getOrDefault(stream.category(), List.of())) {
                long threshold = duty.policy().threshold();
                if (duty.policy().made() == SnapshotPolicy.Made.AFTER_APPEND
                        && version / threshold > (version - events) / threshold) {
                    byItself(tenant, stream, duty.fold(), () -> createIfNeeded(tenant, stream, duty.fold()));
                }
            }
        });
    }

    private int createDue(TenantId tenant, SnapshotDuty<?> duty) {
        int made = 0;
        for (StreamId stream : due.find(tenant, duty)) {
            try {
                if (createIfNeeded(tenant, stream, duty.fold()).isPresent()) {
                    made++;
                    continue;
                }
            } catch (StorageException e) {
                // It passes, and says nothing about the stream.
                reports.failed(tenant, stream, e);
                continue;
            } catch (RuntimeException e) {
                reports.failed(tenant, stream, e);
            }
            due.passOver(tenant, stream, duty);
        }
        return made;
    }

    private void maintain(TenantId tenant) {
        try {
            createDue(tenant);
            applyRetention(tenant);
        } catch (RuntimeException e) {
            log.warn(
                    "The snapshots of tenant {} could not be looked after; the next run tries again: {}",
                    tenant,
                    SnapshotReports.loggable(e));
        }
    }

    private <S> SnapshotReader.Loaded<S> loaded(TenantId tenant, StreamId stream, NamedFold<S> fold, AsOf asOf) {
        Optional<SnapshotPolicy> policy = policy(stream, fold);
        if (!settings.enabled() || policy.isEmpty() || !policy.get().readFrom()) {
            return reader.fromEvents(tenant, stream, fold, asOf);
        }
        return reader.load(tenant, stream, fold, asOf);
    }

    /** Saves a state; empty if the repository does not keep it. */
    private <S> Optional<Snapshot> saved(
            TenantId tenant, StreamId stream, NamedFold<S> fold, SnapshotReader.Loaded<S> loaded) {
        Snapshot snapshot = codec.snapshot(tenant, stream, fold, loaded.folded(), clock.instant());
        requireWithinBounds(snapshot.info());
        boolean kept = repository.save(snapshot);
        // What is not kept is not tried again by each load, but after as many events as if it were.
        cache.keep(loaded.begin(), tenant, stream, fold, loaded.folded(), snapshot.version());
        if (!kept) {
            return Optional.empty();
        }
        reports.created(snapshot);
        if (loaded.stored().equals(EventVersion.NONE)) {
            dropOutdated(tenant, stream, fold);
        }
        return Optional.of(snapshot);
    }

    private void requireWithinBounds(SnapshotInfo snapshot) {
        if (snapshot.sizeBytes() > settings.maxBytes()) {
            throw new LimitExceededException(
                    "limits.max_snapshot_bytes",
                    "the state of %s by fold %s in bytes".formatted(snapshot.stream(), snapshot.foldName()),
                    settings.maxBytes(),
                    snapshot.sizeBytes());
        }
    }

    /** The first snapshot of a new schema version takes the place of those of lower ones. */
    private void dropOutdated(TenantId tenant, StreamId stream, NamedFold<?> fold) {
        repository.list(tenant, stream).stream()
                .filter(each -> each.foldName().equals(fold.name()) && each.schemaVersion() < fold.schemaVersion())
                .forEach(each ->
                        reports.dropped(new InvalidSnapshotException(tenant, each, Reason.OUTDATED), repository));
    }

    private Optional<SnapshotPolicy> policy(StreamId stream, NamedFold<?> fold) {
        return duties.getOrDefault(stream.category(), List.of()).stream()
                .filter(duty -> duty.fold().name().equals(fold.name()))
                .map(SnapshotDuty::policy)
                .findFirst();
    }

    /** Does what nobody waits for: it must not fail the load or the append that it comes with. */
    private void byItself(TenantId tenant, StreamId stream, NamedFold<?> fold, Runnable work) {
        List<Object> what = List.of(tenant, stream, fold.name());
        if (!underWay.add(what)) {
            return;
        }
        try {
            executor.execute(() -> {
                try {
                    work.run();
                } catch (RuntimeException e) {
                    reports.failed(tenant, stream, e);
                } finally {
                    underWay.remove(what);
                }
            });
        } catch (RuntimeException e) {
            underWay.remove(what);
            reports.failed(tenant, stream, e);
        }
    }

    /** Sets up a {@link SnapshotManager}. Not thread-safe. */
    public static final class Builder {

        private static final int MOST_STATES = 10_000_000;

        private final EventStore store;
        private final SnapshotRepository repository;
        private final List<SnapshotDuty<?>> undecided = new ArrayList<>();
        private final List<SnapshotDuty<?>> declared = new ArrayList<>();
        private SnapshotSettings settings = SnapshotSettings.defaults();
        private @Nullable SecretKey key;
        private SnapshotListener listener = new SnapshotListener() {};
        private Executor executor = Runnable::run;
        private Clock clock = Clock.systemUTC();
        private int cacheSize = 10_000;

        private Builder(EventStore store, SnapshotRepository repository) {
            this.store = Objects.requireNonNull(store, "store");
            if (store.masks()) {
                throw new IllegalArgumentException(
                        "the store hides something from some of its readers, and a snapshot is for all: give the snapshot manager the store itself");
            }
            this.repository = Objects.requireNonNull(repository, "repository");
        }

        /** Declares that streams of a category have snapshots by this fold, on load, as often as the settings say. */
        public Builder snapshot(String category, NamedFold<?> fold) {
            undecided.add(new SnapshotDuty<>(category, fold, SnapshotPolicy.everyEvents(1)));
            return this;
        }

        /** Declares that streams of a category have snapshots by this fold. */
        public Builder snapshot(String category, NamedFold<?> fold, SnapshotPolicy policy) {
            declared.add(new SnapshotDuty<>(category, fold, policy));
            return this;
        }

        /** Sets threshold, retention and time in memory; by default {@link SnapshotSettings#defaults()}. */
        public Builder settings(SnapshotSettings newSettings) {
            settings = Objects.requireNonNull(newSettings, "settings");
            return this;
        }

        /**
         * Sets a secret that checksums are made with, an HMAC-SHA256, so that nobody without it can change a snapshot and its
         * checksum. By default a SHA-256 without a secret. Snapshots made with another key or none are not valid, and are
         * replaced: delete them when you introduce or change a key, or see them reported.
         *
         * @throws IllegalArgumentException at {@link #build()} if it is no key for HMAC-SHA256
         */
        public Builder key(SecretKey secret) {
            key = Objects.requireNonNull(secret, "key");
            return this;
        }

        /** Sets who hears what happens to snapshots; by default only the log. */
        public Builder listener(SnapshotListener newListener) {
            listener = Objects.requireNonNull(newListener, "listener");
            return this;
        }

        /**
         * Sets where snapshots are made that nobody asked for; by default in the thread that loads or appends. Each stream has at
         * most one waiting for each fold. What the executor cannot take it must refuse, not drop.
         */
        public Builder executor(Executor newExecutor) {
            executor = Objects.requireNonNull(newExecutor, "executor");
            return this;
        }

        /** Sets the clock by which snapshots age; by default the system's. */
        public Builder clock(Clock newClock) {
            clock = Objects.requireNonNull(newClock, "clock");
            return this;
        }

        /** Sets how many states stay in memory at most, 0 (none) to 10,000,000; by default 10,000. */
        public Builder cacheSize(int states) {
            if (states < 0 || states > MOST_STATES) {
                throw new IllegalArgumentException(
                        "cacheSize is %d, it must be 0 to %d".formatted(states, MOST_STATES));
            }
            cacheSize = states;
            return this;
        }

        /**
         * Returns the manager.
         *
         * @throws IllegalArgumentException if a fold is declared twice for a category
         */
        public SnapshotManager build() {
            return new SnapshotManager(this);
        }

        private Map<String, List<SnapshotDuty<?>>> dutiesByCategory() {
            List<SnapshotDuty<?>> all = new ArrayList<>(declared);
            undecided.forEach(duty -> all.add(new SnapshotDuty<>(
                    duty.category(), duty.fold(), SnapshotPolicy.everyEvents(settings.threshold()))));
            Set<List<String>> seen = new HashSet<>();
            for (SnapshotDuty<?> duty : all) {
                if (!seen.add(List.of(duty.category(), duty.fold().name()))) {
                    throw new IllegalArgumentException("fold %s is declared twice for category %s"
                            .formatted(duty.fold().name(), duty.category()));
                }
            }
            return all.stream().collect(Collectors.groupingBy(SnapshotDuty::category));
        }
    }
}
