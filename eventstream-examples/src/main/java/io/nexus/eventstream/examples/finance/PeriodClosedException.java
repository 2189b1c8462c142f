package io.nexus.eventstream.examples.finance;

import java.time.LocalDate;

/**
 * An entry is dated in a period that is closed.
 *
 * <p><strong>What to do:</strong> date it into an open period, or reopen the closed one and say why. Nothing was posted.
 */
public final class PeriodClosedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final LocalDate closedThrough;

    /** Creates the exception. */
    public PeriodClosedException(String entry, LocalDate date, LocalDate closedThrough) {
        super("entry %s is dated %s, the books are closed through %s".formatted(entry, date, closedThrough));
        this.closedThrough = closedThrough;
    }

    /** Returns the last closed day. */
    public LocalDate closedThrough() {
        return closedThrough;
    }
}
