package io.nexus.eventstream;

import org.jspecify.annotations.Nullable;

/**
 * The database could not be reached, refused a statement, or is not set up as this version needs it. Nothing was written
 * by the call that failed.
 *
 * <p><strong>What to do:</strong> the message says what the database said, the cause has all of it. A call that failed for
 * want of a connection can be repeated as it is; appends keep their event ids. In a transaction of the caller, roll it back
 * first.
 */
public final class StorageException extends EventStreamException {

    private static final long serialVersionUID = 1L;

    /** Creates the exception. */
    public StorageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
