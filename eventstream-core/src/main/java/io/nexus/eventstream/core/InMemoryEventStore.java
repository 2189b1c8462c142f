package io.nexus.eventstream.core;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.StoreLimits;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.projection.AppendListeners;
import io.nexus.eventstream.core.projection.InlineProjections;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.projection.Subscription;
import io.nexus.eventstream.snapshot.SnapshotRepository;
import io.nexus.eventstream.spi.EventSerializer;
import io.nexus.eventstream.spi.ForwardingEventStore;
import io.nexus.eventstream.spi.ProjectingEventStore;
import io.nexus.eventstream.spi.ProjectionStorage;
import io.nexus.eventstream.spi.ProofStorage;
import io.nexus.eventstream.spi.ProvingEventStore;
import io.nexus.eventstream.spi.SnapshottingEventStore;
import io.nexus.eventstream.spi.StatisticsStorage;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * A store that keeps its events on the heap, for tests and to try things out. It passes the same contract as the
 * PostgreSQL store, hash chain included, and forgets everything when it is let go. Projections run on
 * it too, over {@link InMemoryTables}.
 *
 * <p>Thread-safe. It has no transactions of the caller.
 */
public final class InMemoryEventStore extends ForwardingEventStore
        implements ProjectingEventStore, SnapshottingEventStore, ProvingEventStore {

    private final SerializingEventStore delegate;
    private final EventSerializer serializer;
    private final InMemoryProjectionStorage projections;
    private final SnapshotRepository snapshots;
    private final InMemoryProofs proofs;
    private final InMemoryStatistics statistics;
    private final InlineProjections inline;
    private final AppendListeners listeners = new AppendListeners();

    private InMemoryEventStore(Builder builder) {
        InMemoryEventStorage storage = new InMemoryEventStorage(builder.clock, builder.clockTolerance);
        serializer = builder.serializer;
        delegate = SerializingEventStore.of(storage, serializer, builder.limits, builder.autoCreateTenants);
        projections = new InMemoryProjectionStorage(storage);
        snapshots = serializer.protecting(new InMemorySnapshots(storage));
        proofs = new InMemoryProofs(storage);
        statistics = new InMemoryStatistics(storage, builder.clock);
        inline = builder.inline;
    }

    private InMemoryEventStore(InMemoryEventStore before, InlineProjections inline) {
        delegate = before.delegate;
        serializer = before.serializer;
        projections = before.projections;
        snapshots = before.snapshots;
        proofs = before.proofs;
        statistics = before.statistics;
        this.inline = inline;
    }

    /** Returns a store over the same log, as after a restart of the host with other inline projectors. */
    InMemoryEventStore reopened(List<Projector> newInline) {
        return new InMemoryEventStore(this, new InlineProjections(newInline));
    }

    /** Returns an empty store for events of these types. */
    public static InMemoryEventStore create(EventTypes types) {
        return builder(JsonEventSerializer.of(types)).build();
    }

    /** Returns a builder of an empty store. */
    public static Builder builder(EventSerializer serializer) {
        return new Builder(serializer);
    }

    @Override
    protected EventStore delegate() {
        return delegate;
    }

    /**
     * {@inheritDoc}
     *
     * @throws io.nexus.eventstream.projection.ProjectionException if an inline projector failed; nothing was recorded
     */
    @Override
    public AppendResult appendAll(TenantId tenant, List<StreamAppend> appends) {
        Objects.requireNonNull(tenant, "tenant");
        AppendResult result =
                inline.isEmpty() ? delegate.appendAll(tenant, appends) : appendedAndProjected(tenant, appends);
        if (!result.alreadyRecorded()) {
            listeners.appended(tenant);
        }
        return result;
    }

    private AppendResult appendedAndProjected(TenantId tenant, List<StreamAppend> appends) {
        return projections.transaction(tenant, transaction -> {
            transaction.lockLane();
            AppendResult result = delegate.appendAll(tenant, appends);
            inline.afterAppend(transaction, delegate, result);
            return result;
        });
    }

    @Override
    public ProjectionStorage projections() {
        return projections;
    }

    @Override
    public SnapshotRepository snapshots() {
        return snapshots;
    }

    @Override
    public SnapshotRepository protecting(SnapshotRepository others) {
        return serializer.protecting(others);
    }

    @Override
    public StatisticsStorage statistics() {
        return statistics;
    }

    @Override
    public ProofStorage proofs() {
        return proofs;
    }

    @Override
    public List<Projector> inlineProjectors() {
        return inline.projectors();
    }

    @Override
    public Subscription onAppend(Consumer<TenantId> listener) {
        return listeners.add(Objects.requireNonNull(listener, "listener"));
    }

    /**
     * Returns a copy of a tenant's read models as they are committed: rows by the name of their table, slot included.
     * Tables without rows are left out.
     */
    public Map<String, Map<Object, Object>> tables(TenantId tenant) {
        return projections.tables(Objects.requireNonNull(tenant, "tenant"));
    }

    /** Sets up an {@link InMemoryEventStore}. Not thread-safe. */
    public static final class Builder {

        private final EventSerializer serializer;
        private StoreLimits limits = StoreLimits.defaults();
        private boolean autoCreateTenants = true;
        private Clock clock = Clock.systemUTC();
        private Duration clockTolerance = Duration.ofMinutes(5);
        private InlineProjections inline = new InlineProjections(List.of());

        private Builder(EventSerializer serializer) {
            this.serializer = Objects.requireNonNull(serializer, "serializer");
        }

        /** Sets how large appends and pages may be; by default {@link StoreLimits#defaults()}. */
        public Builder limits(StoreLimits newLimits) {
            limits = Objects.requireNonNull(newLimits, "limits");
            return this;
        }

        /** Sets whether the first append of a tenant creates it; by default it does. */
        public Builder autoCreateTenants(boolean create) {
            autoCreateTenants = create;
            return this;
        }

        /** Sets the clock that events are recorded by, what the database's clock is elsewhere; by default the system's. */
        public Builder clock(Clock newClock) {
            clock = Objects.requireNonNull(newClock, "clock");
            return this;
        }

        /** Sets how far the clock may be behind the newest event before appends are refused; by default 5 minutes. */
        public Builder clockTolerance(Duration tolerance) {
            clockTolerance = Objects.requireNonNull(tolerance, "tolerance");
            return this;
        }

        /**
         * Sets the projectors that run in the transaction of each append, in this order; by default none. They keep their
         * read models in {@link InMemoryTables}. If one fails, the append has not happened.
         *
         * @throws IllegalArgumentException if two have one name
         */
        public Builder inline(Projector... projectors) {
            inline = new InlineProjections(List.of(projectors));
            return this;
        }

        /** Returns an empty store. */
        public InMemoryEventStore build() {
            return new InMemoryEventStore(this);
        }
    }
}
