package io.nexus.eventstream.core;

import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventStreamException;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.spi.DecodedEvent;
import org.jspecify.annotations.Nullable;

/** A stored event together with one of the events that it stands for. */
record DecodedRecordedEvent(StoredEvent stored, DecodedEvent decoded, int part) implements RecordedEvent {

    @Override
    public EventType type() {
        return decoded.type();
    }

    @Override
    public Object payload() {
        return decoded.payload();
    }

    @Override
    public EventMetadata metadata() {
        return decoded.metadata();
    }

    @Override
    public String json() {
        return decoded.json();
    }

    @Override
    public String maskedJson() {
        return decoded.maskedJson();
    }

    /** Compares by the stored event and the part of it, which is all that tells events apart. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DecodedRecordedEvent event && part == event.part && stored.equals(event.stored);
    }

    @Override
    public int hashCode() {
        return stored.hashCode() + part;
    }

    /** Returns place, type and the masked payload: what may be shown. A log line about a broken event must not fail, too. */
    @Override
    public String toString() {
        try {
            return stored + " " + maskedJson();
        } catch (EventStreamException e) {
            return stored + " (its JSON cannot be read)";
        }
    }
}
