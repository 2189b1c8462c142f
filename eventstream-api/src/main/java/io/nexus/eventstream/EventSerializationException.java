package io.nexus.eventstream;

import org.jspecify.annotations.Nullable;

/**
 * A payload could not be written as JSON, or stored JSON could not be turned into its class.
 *
 * <p><strong>What to do:</strong> when writing, register the class with {@link EventTypes} and mend the place that the
 * message names. When reading, register the type that the log holds, or add an upcaster from its schema version; the stored
 * event itself is never wrong to keep.
 */
public final class EventSerializationException extends EventStreamException {

    private static final long serialVersionUID = 1L;

    private final String type;

    /**
     * Creates the exception.
     *
     * @param type the name of the event's type, or of the class where it has none
     * @param message what is wrong and where; never contains a value of the payload
     */
    public EventSerializationException(String type, String message) {
        this(type, message, null);
    }

    /** Creates the exception with the fault that caused it. */
    public EventSerializationException(String type, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.type = type;
    }

    /** Returns the name of the event's type, or of the class where it has none. */
    public String type() {
        return type;
    }
}
