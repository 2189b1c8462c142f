package io.nexus.eventstream.spi;

import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.snapshot.SnapshotRepository;
import java.util.List;
import java.util.Set;

/**
 * Turns typed events into stored JSON and back. Thread-safe.
 *
 * <p>Encoding the same event twice must give the same bytes, since a repeated append is recognised by them.
 */
public interface EventSerializer {

    /**
     * Returns the bytes to store.
     *
     * @throws io.nexus.eventstream.EventSerializationException if the payload's class is not registered, or a value in it
     *     cannot be stored; the message names the place
     * @throws io.nexus.eventstream.SubjectErasedException if it holds data about a person who was erased
     */
    EncodedEvent encode(TenantId tenant, StreamId stream, NewEvent event);

    /**
     * Returns what a stored event stands for today: itself in most cases, several events where an upcaster splits it.
     *
     * @return at least one event
     * @throws io.nexus.eventstream.EventSerializationException if an upcaster fails
     */
    List<DecodedEvent> decode(StoredEvent stored);

    /** Returns the names under which events of these types may be stored, older names that are upcast to them included. */
    Set<String> storedTypes(Set<String> types);

    /** Returns whether payloads are encrypted as a whole before they are stored; by default they are not. */
    default boolean encryptsPayloads() {
        return false;
    }

    /**
     * Returns whether a stored event holds data of somebody who was erased, so that the same event would not be encoded as it
     * was. A repeated append of it is then recognised by its id alone. By default no event does.
     */
    default boolean isErased(StoredEvent stored) {
        return false;
    }

    /**
     * Returns where states that are made of these events may be kept, if that is to be over the given repository: one that keeps
     * secret what the events keep secret. By default the given one.
     */
    default SnapshotRepository protecting(SnapshotRepository snapshots) {
        return snapshots;
    }
}
