package io.nexus.eventstream.core;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.NamedFold;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.StreamNotFoundException;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.snapshot.InvalidSnapshotException;
import io.nexus.eventstream.snapshot.Snapshot;
import io.nexus.eventstream.snapshot.SnapshotRepository;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;

/**
 * Makes snapshots and reads states from them. What {@link SnapshotManager} does, as an interface, for whoever decorates one.
 *
 * <p>Thread-safe. Methods block.
 */
public interface Snapshots {

    /** Returns where the snapshots are kept. */
    SnapshotRepository repository();

    /** Returns what became of the states that were asked for. */
    SnapshotUse use();

    /**
     * Returns the state of a stream as of a moment: from the newest snapshot that may stand in for events, from events
     * otherwise. Folds that were not declared for the stream's category are read from events.
     *
     * @throws io.nexus.eventstream.NotFinalYetException if a recorded moment is asked for whose answer could still change
     */
    <S> LoadedState<S> load(TenantId tenant, StreamId stream, NamedFold<S> fold, AsOf asOf);

    /**
     * Saves a snapshot of the present state of a stream and returns it.
     *
     * @throws StreamNotFoundException if the stream has no events
     * @throws io.nexus.eventstream.EventSerializationException if the state cannot be kept as JSON
     * @throws io.nexus.eventstream.LimitExceededException if the state is larger than the settings allow
     * @throws IllegalStateException if snapshots are switched off, or the repository does not keep this one
     */
    <S> Snapshot create(TenantId tenant, StreamId stream, NamedFold<S> fold);

    /**
     * Saves a snapshot if the stream has had as many events since the last one as the threshold says.
     *
     * @return the new snapshot; empty if none is needed, snapshots are switched off, or the repository does not keep this one
     * @throws io.nexus.eventstream.EventSerializationException if the state cannot be kept as JSON
     * @throws io.nexus.eventstream.LimitExceededException if the state is larger than the settings allow
     */
    <S> Optional<Snapshot> createIfNeeded(TenantId tenant, StreamId stream, NamedFold<S> fold);

    /** Returns whether a snapshot's checksum fits what is in it. A replay is not made; see {@link #verify}. */
    boolean isValid(Snapshot snapshot);

    /**
     * Folds a stream from its first event and compares every snapshot of the fold with what the events give. Those that differ are
     * reported and deleted. Costs a read of the whole stream.
     *
     * @return what was found wrong, the oldest snapshot first
     */
    <S> List<InvalidSnapshotException> verify(TenantId tenant, StreamId stream, NamedFold<S> fold);

    /**
     * Makes the snapshots of a tenant that are due by the declared policies, at most 1,000 of each. A stream that fails is reported; it,
     * and one whose state is not kept, is passed over for an hour, so that others have their turn.
     *
     * @return how many were made
     */
    int createDue(TenantId tenant);

    /**
     * Deletes a tenant's snapshots that are older than the settings say, but of each stream and fold the newest.
     *
     * @return how many were deleted
     */
    int applyRetention(TenantId tenant);

    /**
     * Makes what is due and deletes what is old, for all tenants, again and again. What fails for a tenant is reported and tried again the
     * next time. Several nodes may do it: each finds done what another did.
     *
     * @param scheduler the host's; its thread is used for as long as it takes
     * @param interval the pause between the end of a run and the next, a millisecond or more
     * @param tenants asked at each run
     * @return a handle that ends it; a run that is at work ends by itself
     */
    AutoCloseable maintain(
            ScheduledExecutorService scheduler, Duration interval, Supplier<? extends Collection<TenantId>> tenants);

    /** Says that an append was recorded, so that the snapshots are made that it made due; {@link EventStreamManager} does. */
    void appended(TenantId tenant, AppendResult result);
}
