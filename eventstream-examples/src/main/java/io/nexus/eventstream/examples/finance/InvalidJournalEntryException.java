package io.nexus.eventstream.examples.finance;

/**
 * Something is not a journal entry: it has fewer than two lines, it does not balance, or a line names no currency.
 *
 * <p><strong>What to do:</strong> mend the entry as the message says. Nothing was posted.
 */
public final class InvalidJournalEntryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Creates the exception. */
    public InvalidJournalEntryException(String message) {
        super(message);
    }
}
