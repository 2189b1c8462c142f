package io.nexus.eventstream.snapshot;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Keeps snapshots. It believes what it is given: whether a snapshot can be trusted is the business of whoever reads it, in
 * general the {@code SnapshotManager} of the core.
 *
 * <p>Implementations are thread-safe; every method blocks until it is done, is a transaction of its own, and may throw
 * {@link io.nexus.eventstream.StorageException}. What is deleted here can be made again from the events.
 */
public interface SnapshotRepository {

    /**
     * Saves a snapshot; replaces one of the same tenant, stream, fold, schema version and version.
     *
     * @return whether it is kept; a repository may decline a state that it must not keep, for example one with the data of
     *     somebody who was erased
     */
    boolean save(Snapshot snapshot);

    /**
     * Returns the newest snapshot from which a question can be answered: one that holds no event after the version or the
     * recorded moment that is asked for, and none that occurred after the business time that is asked for. With {@link
     * AsOf#now()} that is the newest of all.
     */
    Optional<Snapshot> find(TenantId tenant, StreamId stream, String foldName, int schemaVersion, AsOf asOf);

    /** Returns the newest snapshot of a stream by a fold. */
    default Optional<Snapshot> latest(TenantId tenant, StreamId stream, String foldName, int schemaVersion) {
        return find(tenant, stream, foldName, schemaVersion, AsOf.now());
    }

    /** Returns all snapshots of a stream, by fold, schema version, and the newest first. */
    List<SnapshotInfo> list(TenantId tenant, StreamId stream);

    /** Deletes one snapshot; returns whether there was one of this tenant, stream, fold, schema version and version. */
    boolean delete(TenantId tenant, SnapshotInfo snapshot);

    /**
     * Deletes a tenant's snapshots that were saved before a moment, but of each stream and fold the newest.
     *
     * @param keepNewest how many to keep of each stream, fold and schema version, however old; 0 or more
     * @return how many were deleted
     */
    int deleteOlderThan(TenantId tenant, Instant moment, int keepNewest);

    /** Deletes a tenant's snapshots that were saved before a moment and returns how many there were. */
    default int deleteOlderThan(TenantId tenant, Instant moment) {
        return deleteOlderThan(tenant, moment, 0);
    }

    /**
     * Returns streams of a category that have had at least so many events since their last snapshot by a fold, or since
     * their beginning, the longest first. It looks at what is known about streams and not at the log, of which it reads only what was
     * recorded since it was last asked.
     *
     * @param threshold events since the last snapshot, 1 or more
     * @param limit how many streams at most
     */
    List<StreamId> findStreamsNeedingSnapshots(
            TenantId tenant, String category, String foldName, int schemaVersion, long threshold, int limit);
}
