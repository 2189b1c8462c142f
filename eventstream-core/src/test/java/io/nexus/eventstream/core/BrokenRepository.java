package io.nexus.eventstream.core;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.snapshot.Snapshot;
import io.nexus.eventstream.snapshot.SnapshotInfo;
import io.nexus.eventstream.snapshot.SnapshotRepository;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A repository that fails whenever it is asked about one stream, or only when it is to delete, or keeps no states. */
final class BrokenRepository implements SnapshotRepository {

    private final SnapshotRepository whole;

    @Nullable
    StreamId brokenFor;

    boolean readOnly;

    /** Whose states it does not keep, by the category. */
    @Nullable
    String declined;

    int declines;

    /** What it fails with; a repository of somebody else may throw anything. */
    RuntimeException failure = new StorageException("broken", new IllegalStateException());

    BrokenRepository(SnapshotRepository whole) {
        this.whole = whole;
    }

    private void check(StreamId stream) {
        if (stream.equals(brokenFor)) {
            throw failure;
        }
    }

    @Override
    public boolean save(Snapshot snapshot) {
        check(snapshot.stream());
        if (snapshot.stream().category().equals(declined)) {
            declines++;
            return false;
        }
        return whole.save(snapshot);
    }

    @Override
    public Optional<Snapshot> find(TenantId tenant, StreamId stream, String foldName, int schemaVersion, AsOf asOf) {
        check(stream);
        return whole.find(tenant, stream, foldName, schemaVersion, asOf);
    }

    @Override
    public List<SnapshotInfo> list(TenantId tenant, StreamId stream) {
        check(stream);
        return whole.list(tenant, stream);
    }

    @Override
    public boolean delete(TenantId tenant, SnapshotInfo snapshot) {
        check(snapshot.stream());
        if (readOnly) {
            throw failure;
        }
        return whole.delete(tenant, snapshot);
    }

    @Override
    public int deleteOlderThan(TenantId tenant, Instant moment, int keepNewest) {
        return whole.deleteOlderThan(tenant, moment, keepNewest);
    }

    @Override
    public List<StreamId> findStreamsNeedingSnapshots(
            TenantId tenant, String category, String foldName, int schemaVersion, long threshold, int limit) {
        return whole.findStreamsNeedingSnapshots(tenant, category, foldName, schemaVersion, threshold, limit);
    }
}
