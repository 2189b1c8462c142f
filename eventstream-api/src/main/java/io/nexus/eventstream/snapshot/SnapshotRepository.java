package io.nexus.eventstream.snapshot;

import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Keeps snapshots. Implementations are thread-safe; every method blocks until it is done. */
public interface SnapshotRepository {

    /** Saves a snapshot; replaces one of the same tenant, stream, fold and version. */
    void save(Snapshot snapshot);

    /** Returns the newest snapshot of a stream by a fold. */
    Optional<Snapshot> latest(TenantId tenant, StreamId stream, String foldName);

    /** Returns the newest snapshot of a stream by a fold that holds no event after a version. */
    Optional<Snapshot> atOrBefore(TenantId tenant, StreamId stream, String foldName, EventVersion version);

    /** Returns all snapshots of a stream, newest first. */
    List<Snapshot> list(TenantId tenant, StreamId stream);

    /** Deletes a tenant's snapshots that were saved before a moment and returns how many there were. */
    int deleteOlderThan(TenantId tenant, Instant moment);
}
