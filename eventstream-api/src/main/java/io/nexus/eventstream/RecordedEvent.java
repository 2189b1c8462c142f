package io.nexus.eventstream;

import java.time.Instant;

/**
 * An event as it is read: upcast to the newest schema version and decoded when somebody asks for its payload.
 *
 * <p>Four views of the same event: {@link #stored()} (the bytes in the database), {@link #json()} (after upcasting),
 * {@link #payload()} (the typed value), {@link #maskedJson()} (for people and logs).
 *
 * <p>An upcaster may split one stored event into several. They share id, version and position and are told apart by
 * {@link #part()}.
 */
public interface RecordedEvent {

    /** Returns the event exactly as it is stored. */
    StoredEvent stored();

    /** Returns the type after upcasting. */
    EventType type();

    /**
     * Returns the business fact, decoded at the first call.
     *
     * @throws EventSerializationException if the type is not registered or the JSON does not fit its class; the message
     *     names type, stream, version and the place in the JSON
     */
    Object payload();

    /** Returns who caused the event and in which context. */
    EventMetadata metadata();

    /** Returns which of the events that one stored event was upcast to this is: 0 for the first, and almost always. */
    int part();

    /** Returns the payload as JSON after upcasting. */
    String json();

    /** Returns the payload as JSON after upcasting, with the values of masked fields replaced. */
    String maskedJson();

    /** Returns the owner of the log. */
    default TenantId tenant() {
        return stored().tenant();
    }

    /** Returns the place in the tenant's log. */
    default Position position() {
        return stored().position();
    }

    /** Returns the stream. */
    default StreamId stream() {
        return stored().stream();
    }

    /** Returns the place in the stream. */
    default EventVersion version() {
        return stored().version();
    }

    /** Returns the event's identity. */
    default EventId id() {
        return stored().id();
    }

    /** Returns business time, given by the caller; may lie long before {@link #recordedAt()}. */
    default Instant occurredAt() {
        return stored().occurredAt();
    }

    /** Returns when the database accepted the append; all events of one append share it, and no two appends do. */
    default Instant recordedAt() {
        return stored().recordedAt();
    }
}
