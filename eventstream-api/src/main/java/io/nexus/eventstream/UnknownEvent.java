package io.nexus.eventstream;

/**
 * Stands for an event whose type is not registered, where the reader has declared that it wants to see such events rather
 * than fail.
 *
 * @param type the type under which the event is stored
 * @param json the payload as it is stored
 */
public record UnknownEvent(EventType type, String json) {

    /** Returns the type without the payload. */
    @Override
    public String toString() {
        return "UnknownEvent[" + type + "]";
    }
}
