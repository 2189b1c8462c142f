package io.nexus.eventstream.spi;

import io.nexus.eventstream.Position;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.projection.ParkedEvent;
import io.nexus.eventstream.projection.ReadModelDifference;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/** A transaction in which projections and their read models change together. Not thread-safe. */
public interface ProjectionTransaction {

    /** Returns the tenant that it is about. */
    TenantId tenant();

    /** Returns what projectors work with, on PostgreSQL the connection. */
    <T> T resource(Class<T> type);

    /** Takes the tenant's lane, so that nothing is appended until the transaction ends. */
    void lockLane();

    /** Keeps other transactions from preparing tables of the same projector until this one ends. */
    void lockPreparation(String projection);

    /**
     * Returns all builds of a projection, parts included, and keeps others from changing them until the transaction ends.
     * In the order of slot and part.
     */
    List<StoredProjection> lock(String projection);

    /**
     * Moves a projection's checkpoint, if it runs, stands where the caller believes and has not changed hands, and prolongs
     * the lease. Others wait until the transaction ends.
     *
     * @param held the projection as the caller knows it
     * @param to where it is to stand
     * @param handled by how much to raise the number of handled events
     * @param lease for how long the caller keeps it from now on; zero leaves it alone, and the token is not compared, for a
     *     caller who has the row locked
     * @return how many events it has put aside; empty if it is not as the caller believes, and nothing was changed
     */
    OptionalLong advance(StoredProjection held, Checkpoint to, long handled, Duration lease);

    /** Writes a projection, new or in place of the one with its key. To be locked before. */
    void save(StoredProjection projection);

    /** Removes a projection and what it has put aside. */
    void delete(ProjectionKey key);

    /** Returns those of the streams of which the projection has put events aside. */
    Set<StreamId> parkedStreams(ProjectionKey key, Collection<StreamId> streams);

    /** Puts events aside and raises the projection's count. */
    void park(ProjectionKey key, List<ParkedEvent> events);

    /** Returns the first events that were put aside of a stream, in the order of their positions, at most this many. */
    List<ParkedEvent> parked(ProjectionKey key, StreamId stream, int limit);

    /** Removes an event from those put aside and lowers the projection's count. */
    void unpark(ProjectionKey key, Position position);

    /**
     * Compares two builds of a read model.
     *
     * @param tables the tables without their slots
     * @param limit how many differences to return at most
     */
    List<ReadModelDifference> compare(Set<String> tables, String liveSlot, String otherSlot, int limit);

    /** Returns the storage's time. */
    Instant now();
}
