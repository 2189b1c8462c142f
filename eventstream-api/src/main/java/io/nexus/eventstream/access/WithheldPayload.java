package io.nexus.eventstream.access;

import io.nexus.eventstream.EventType;
import java.util.Objects;

/**
 * Stands for the payload of an event whose reader may see that it is there, but not what it says.
 *
 * @param type the type of the event
 * @param refusal what a fold over such an event throws: a state that leaves events out would be a wrong state
 */
public record WithheldPayload(EventType type, AccessDeniedException refusal) {

    /** Checks that nothing is missing. */
    public WithheldPayload {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(refusal, "refusal");
    }

    /** Returns the type. */
    @Override
    public String toString() {
        return "WithheldPayload[" + type + "]";
    }
}
