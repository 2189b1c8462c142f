package io.nexus.eventstream.core.access;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.NamedFold;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.Operation;
import io.nexus.eventstream.core.LoadedState;
import io.nexus.eventstream.core.SnapshotUse;
import io.nexus.eventstream.core.Snapshots;
import io.nexus.eventstream.snapshot.InvalidSnapshotException;
import io.nexus.eventstream.snapshot.Snapshot;
import io.nexus.eventstream.snapshot.SnapshotRepository;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;

/** Operations on snapshots that ask before each call and tell of it. A state is what events say. */
final class GuardedSnapshots implements Snapshots {

    private final AccessGuard guard;
    private final Snapshots delegate;

    GuardedSnapshots(AccessGuard guard, Snapshots delegate) {
        this.guard = guard;
        this.delegate = delegate;
    }

    @Override
    public SnapshotRepository repository() {
        return guard.repository(delegate.repository());
    }

    @Override
    public SnapshotUse use() {
        return guard.guarded(Optional.empty(), Operation.READ, "snapshots.use")
                .onEverything()
                .run(() -> delegate.use());
    }

    @Override
    public <S> LoadedState<S> load(TenantId tenant, StreamId stream, NamedFold<S> fold, AsOf asOf) {
        return guard.guarded(tenant, Operation.READ_PAYLOAD, "load")
                .on(stream)
                .run(() -> delegate.load(tenant, stream, fold, asOf));
    }

    @Override
    public <S> Snapshot create(TenantId tenant, StreamId stream, NamedFold<S> fold) {
        return creating(tenant, stream, "snapshots.create").run(() -> delegate.create(tenant, stream, fold));
    }

    @Override
    public <S> Optional<Snapshot> createIfNeeded(TenantId tenant, StreamId stream, NamedFold<S> fold) {
        return creating(tenant, stream, "snapshots.createIfNeeded")
                .run(() -> delegate.createIfNeeded(tenant, stream, fold));
    }

    private GuardedCall creating(TenantId tenant, StreamId stream, String name) {
        return guard.guarded(tenant, Operation.ADMINISTER, name)
                .on(stream)
                .needing(Operation.READ_PAYLOAD, Set.of(stream.category()));
    }

    @Override
    public boolean isValid(Snapshot snapshot) {
        return guard.guarded(snapshot.tenant(), Operation.VERIFY, "snapshots.isValid")
                .on(snapshot.stream())
                .run(() -> delegate.isValid(snapshot));
    }

    @Override
    public <S> List<InvalidSnapshotException> verify(TenantId tenant, StreamId stream, NamedFold<S> fold) {
        return guard.guarded(tenant, Operation.VERIFY, "snapshots.verify")
                .on(stream)
                .run(() -> delegate.verify(tenant, stream, fold));
    }

    @Override
    public int createDue(TenantId tenant) {
        return guard.guarded(tenant, Operation.ADMINISTER, "snapshots.createDue")
                .onEverything()
                .run(() -> delegate.createDue(tenant));
    }

    @Override
    public int applyRetention(TenantId tenant) {
        return guard.guarded(tenant, Operation.ADMINISTER, "snapshots.applyRetention")
                .onEverything()
                .run(() -> delegate.applyRetention(tenant));
    }

    @Override
    public AutoCloseable maintain(
            ScheduledExecutorService scheduler, Duration interval, Supplier<? extends Collection<TenantId>> tenants) {
        return guard.guarded(Optional.empty(), Operation.ADMINISTER, "snapshots.maintain")
                .onEverything()
                .run(() -> delegate.maintain(scheduler, interval, tenants));
    }

    /** Asks nobody: the append has been asked for, and what it makes due is made as the system. */
    @Override
    public void appended(TenantId tenant, AppendResult result) {
        delegate.appended(tenant, result);
    }
}
