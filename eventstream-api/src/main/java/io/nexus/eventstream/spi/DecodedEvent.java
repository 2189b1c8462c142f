package io.nexus.eventstream.spi;

import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventType;

/** One event that a stored event was turned into; decodes no more than it is asked for. Thread-safe. */
public interface DecodedEvent {

    /** Returns the type after upcasting. */
    EventType type();

    /**
     * Returns the typed value.
     *
     * @throws io.nexus.eventstream.EventSerializationException if there is no class for the type or the JSON does not fit
     */
    Object payload();

    /** Returns the metadata after upcasting. */
    EventMetadata metadata();

    /** Returns the payload as JSON after upcasting. */
    String json();

    /** Returns the payload as JSON after upcasting, with the values of masked fields replaced. */
    String maskedJson();
}
