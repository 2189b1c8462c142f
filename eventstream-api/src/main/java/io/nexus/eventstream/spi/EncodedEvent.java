package io.nexus.eventstream.spi;

import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.StreamId;
import java.time.Instant;
import java.util.Optional;

/**
 * An event ready to be stored.
 *
 * @param stream the stream that it goes to
 * @param id the event's identity
 * @param type the name and schema version under which it is stored
 * @param payload the payload as UTF-8 JSON; not to be modified
 * @param metadata the metadata as a UTF-8 JSON object; not to be modified
 * @param occurredAt business time in microseconds, empty if it is to be the moment of recording
 */
// Arrays are passed on and never compared.
@SuppressWarnings("ArrayRecordComponent")
public record EncodedEvent(
        StreamId stream, EventId id, EventType type, byte[] payload, byte[] metadata, Optional<Instant> occurredAt) {

    /** Returns identity and kind, without payload and metadata. */
    @Override
    public String toString() {
        return "EncodedEvent[%s, %s, %s]".formatted(id, stream, type);
    }
}
