package io.nexus.eventstream.core.access;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.Operation;
import io.nexus.eventstream.snapshot.Snapshot;
import io.nexus.eventstream.snapshot.SnapshotInfo;
import io.nexus.eventstream.snapshot.SnapshotRepository;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Snapshots as they are kept, asked for before each call. A snapshot holds a state, which is what events say. */
final class GuardedSnapshotRepository implements SnapshotRepository {

    private final AccessGuard guard;
    private final SnapshotRepository delegate;

    GuardedSnapshotRepository(AccessGuard guard, SnapshotRepository delegate) {
        this.guard = guard;
        this.delegate = delegate;
    }

    @Override
    public boolean save(Snapshot snapshot) {
        return guard.guarded(snapshot.tenant(), Operation.ADMINISTER, "snapshots.save")
                .on(snapshot.stream())
                .run(() -> delegate.save(snapshot));
    }

    @Override
    public Optional<Snapshot> find(TenantId tenant, StreamId stream, String foldName, int schemaVersion, AsOf asOf) {
        return guard.guarded(tenant, Operation.READ_PAYLOAD, "snapshots.find")
                .on(stream)
                .run(() -> delegate.find(tenant, stream, foldName, schemaVersion, asOf));
    }

    @Override
    public List<SnapshotInfo> list(TenantId tenant, StreamId stream) {
        return guard.guarded(tenant, Operation.READ, "snapshots.list")
                .on(stream)
                .run(() -> delegate.list(tenant, stream));
    }

    @Override
    public boolean delete(TenantId tenant, SnapshotInfo snapshot) {
        return guard.guarded(tenant, Operation.ADMINISTER, "snapshots.delete")
                .on(snapshot.stream())
                .run(() -> delegate.delete(tenant, snapshot));
    }

    @Override
    public int deleteOlderThan(TenantId tenant, Instant moment, int keepNewest) {
        return guard.guarded(tenant, Operation.ADMINISTER, "snapshots.deleteOlderThan")
                .onEverything()
                .run(() -> delegate.deleteOlderThan(tenant, moment, keepNewest));
    }

    @Override
    public List<StreamId> findStreamsNeedingSnapshots(
            TenantId tenant, String category, String foldName, int schemaVersion, long threshold, int limit) {
        return guard.guarded(tenant, Operation.READ, "snapshots.findStreamsNeedingSnapshots")
                .needing(Operation.READ, Set.of(category))
                .run(() -> delegate.findStreamsNeedingSnapshots(
                        tenant, category, foldName, schemaVersion, threshold, limit));
    }
}
