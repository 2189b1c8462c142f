package io.nexus.eventstream.core.access;

import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.AccessDeniedException;
import io.nexus.eventstream.access.AccessPolicy;
import io.nexus.eventstream.access.AccessRequest;
import io.nexus.eventstream.access.Actor;
import io.nexus.eventstream.access.ActorContext;
import io.nexus.eventstream.access.AuditEntry;
import io.nexus.eventstream.access.AuditFailedException;
import io.nexus.eventstream.access.AuditSink;
import io.nexus.eventstream.access.Operation;
import io.nexus.eventstream.access.SinkFailure;
import io.nexus.eventstream.core.Snapshots;
import io.nexus.eventstream.projection.Projections;
import io.nexus.eventstream.snapshot.SnapshotRepository;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands before a log: it asks the policy before each call and tells the audit of it.
 *
 * <pre>{@code
 * AccessGuard guard = AccessGuard.builder(signedIn)
 *         .policy(RolePolicy.builder().role("clerk", "append:account", "read_payload:account").build())
 *         .audit(new Slf4jAuditSink())
 *         .build();
 * EventStreamManager ledger = EventStreamManager.builder().store(store).tenants(ofTheRequest).guard(guard).build();
 * }</pre>
 *
 * <p>What it returns behaves as what it was given, but that each call needs a right, refuses with {@link AccessDeniedException}
 * those who have it not, and is recorded. Payloads that a reader may not see are withheld. It is a wall between the application's
 * code and the log, and only for those who hold the guarded part: keep the store itself to yourself. What engines and snapshot
 * managers do by themselves, they do as the system, and nobody is asked; what people have them do is.
 *
 * <p>Thread-safe.
 */
public final class AccessGuard {

    private static final Logger log = LoggerFactory.getLogger(AccessGuard.class);

    private final ActorContext actors;
    private final AccessPolicy policy;
    private final @Nullable AuditSink sink;
    private final SinkFailure onFailure;
    private final BiConsumer<AuditEntry, RuntimeException> listener;
    private final Clock clock;
    private final LongAdder unrecorded = new LongAdder();
    private final AtomicBoolean failing = new AtomicBoolean();

    private AccessGuard(Builder builder) {
        actors = builder.actors;
        policy = builder.policy;
        sink = builder.sink;
        onFailure = builder.onFailure;
        listener = builder.listener;
        clock = builder.clock;
    }

    /** Returns a builder of a guard that learns from this context who calls. */
    public static Builder builder(ActorContext actors) {
        return new Builder(actors);
    }

    /** Returns the store, guarded; what it can do besides appending and reading, it can still do. */
    public EventStore store(EventStore store) {
        return store instanceof GuardedEventStore guarded && guarded.isBy(this)
                ? store
                : new GuardedEventStore(this, Objects.requireNonNull(store, "store"));
    }

    /** Returns the operations on projections, guarded. What the engine does by itself is not asked for. */
    public Projections projections(Projections projections) {
        return new GuardedProjections(this, Objects.requireNonNull(projections, "projections"));
    }

    /** Returns the operations on snapshots, guarded. What the manager does by itself is not asked for. */
    public Snapshots snapshots(Snapshots snapshots) {
        return new GuardedSnapshots(this, Objects.requireNonNull(snapshots, "snapshots"));
    }

    /** Returns where snapshots are kept, guarded. */
    public SnapshotRepository repository(SnapshotRepository repository) {
        return new GuardedSnapshotRepository(this, Objects.requireNonNull(repository, "repository"));
    }

    /**
     * Does something else under the same policy and audit: a report of the host, an export.
     *
     * @param name what the audit calls it
     * @param categories which categories it concerns; every one if none is given
     * @throws AccessDeniedException if the present actor may not
     * @throws AuditFailedException if the audit failed, and that means that nothing may happen
     */
    public <T> T call(TenantId tenant, Operation operation, String name, Supplier<T> work, String... categories) {
        return guarded(tenant, operation, name)
                .needing(operation, Set.of(categories))
                .run(work);
    }

    /**
     * Refuses the present actor unless he may do this; for a call that goes on to other guarded ones. Only a refusal is recorded.
     *
     * @throws AccessDeniedException if he may not
     */
    public void require(TenantId tenant, Operation operation, String name, String... categories) {
        guarded(tenant, operation, name).needing(operation, Set.of(categories)).check();
    }

    /** Returns whether the present actor may do this, with every category if none is given. Nothing is recorded. */
    public boolean allows(TenantId tenant, Operation operation, String... categories) {
        return guarded(tenant, operation, "allows").allows(operation, Set.of(categories));
    }

    /** Returns how many entries could not be written to the audit so far. */
    public long unrecorded() {
        return unrecorded.sum();
    }

    /**
     * Returns the store behind a guarded one, for an engine or a snapshot manager, which then work as the system; another store as it
     * is.
     *
     * @throws AccessDeniedException unless the present actor may {@link Operation#ADMINISTER} all tenants
     */
    public static EventStore unguarded(EventStore store) {
        return store instanceof GuardedEventStore guarded ? guarded.unguarded() : store;
    }

    GuardedCall guarded(Optional<TenantId> tenant, Operation operation, String name) {
        return new GuardedCall(this, clock, tenant, operation, name);
    }

    GuardedCall guarded(TenantId tenant, Operation operation, String name) {
        return guarded(Optional.of(tenant), operation, name);
    }

    Actor actor() {
        return Objects.requireNonNull(actors.current(), "the actor");
    }

    Optional<String> refusal(AccessRequest request) {
        return policy.refusal(request);
    }

    boolean audits() {
        return sink != null;
    }

    boolean announcesChanges() {
        return sink != null && onFailure == SinkFailure.FAIL_CLOSED;
    }

    /** Writes an entry without which the call must not go on. */
    void record(AuditEntry entry) {
        RuntimeException failure = written(entry);
        if (failure != null && onFailure == SinkFailure.FAIL_CLOSED) {
            throw new AuditFailedException(entry, failure);
        }
    }

    /** Writes an entry on what cannot be undone any more, or has failed already. */
    void recordAfterwards(AuditEntry entry) {
        written(entry);
    }

    private @Nullable RuntimeException written(AuditEntry entry) {
        if (sink == null) {
            return null;
        }
        try {
            sink.write(entry);
            failing.set(false);
            return null;
        } catch (RuntimeException e) {
            unrecorded.increment();
            if (!failing.getAndSet(true)) {
                log.warn(
                        "The audit cannot be written, {}: {}",
                        onFailure == SinkFailure.FAIL_CLOSED ? "calls are refused" : "calls go on without",
                        e.getClass().getName());
            }
            tell(entry, e);
            return e;
        }
    }

    private void tell(AuditEntry entry, RuntimeException failure) {
        try {
            listener.accept(entry, failure);
        } catch (RuntimeException e) {
            log.warn(
                    "A listener to failures of the audit failed: {}",
                    e.getClass().getName());
        }
    }

    /** Sets up an {@link AccessGuard}. Not thread-safe. */
    public static final class Builder {

        private final ActorContext actors;
        private AccessPolicy policy = AccessPolicy.allowAll();
        private @Nullable AuditSink sink;
        private SinkFailure onFailure = SinkFailure.FAIL_CLOSED;
        private BiConsumer<AuditEntry, RuntimeException> listener = (entry, failure) -> {};
        private Clock clock = Clock.systemUTC();

        private Builder(ActorContext actors) {
            this.actors = Objects.requireNonNull(actors, "actors");
        }

        /** Sets who may do what; by default everybody everything. */
        public Builder policy(AccessPolicy newPolicy) {
            policy = Objects.requireNonNull(newPolicy, "policy");
            return this;
        }

        /** Sets where calls are recorded; by default nowhere. A failing sink then means {@link SinkFailure#FAIL_CLOSED}. */
        public Builder audit(AuditSink newSink) {
            return audit(newSink, SinkFailure.FAIL_CLOSED);
        }

        /** Sets where calls are recorded, and what it means that they cannot be. */
        public Builder audit(AuditSink newSink, SinkFailure newOnFailure) {
            sink = Objects.requireNonNull(newSink, "sink");
            onFailure = Objects.requireNonNull(newOnFailure, "onFailure");
            return this;
        }

        /** Sets who hears of each entry that could not be written, in the caller's thread; by default only the log, and a counter. */
        public Builder onUnrecorded(BiConsumer<AuditEntry, RuntimeException> newListener) {
            listener = Objects.requireNonNull(newListener, "listener");
            return this;
        }

        /** Sets the clock of the entries; by default the system's. */
        public Builder clock(Clock newClock) {
            clock = Objects.requireNonNull(newClock, "clock");
            return this;
        }

        /** Returns the guard. */
        public AccessGuard build() {
            return new AccessGuard(this);
        }
    }
}
