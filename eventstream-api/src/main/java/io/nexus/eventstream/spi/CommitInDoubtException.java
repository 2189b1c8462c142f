package io.nexus.eventstream.spi;

/**
 * Thrown by a storage when the connection broke after an append had been sent. The layer above turns it into a {@link
 * io.nexus.eventstream.CommitOutcomeUnknownException}, which carries the events to repeat; users never see this one.
 */
public final class CommitInDoubtException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Creates the exception around the fault of the connection. */
    public CommitInDoubtException(Throwable cause) {
        super("the connection broke while an append was being recorded", cause);
    }
}
