package io.nexus.eventstream;

import org.jspecify.annotations.Nullable;

/**
 * The root of what this library throws at run time and can be dealt with. Each leaf is named by what happened, carries it in
 * typed fields and says in its own text what to do. Wrong arguments and wrong wiring are {@link IllegalArgumentException} and
 * {@link IllegalStateException}.
 */
public abstract class EventStreamException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message for people and the cause if there is one. */
    protected EventStreamException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
