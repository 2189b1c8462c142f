package io.nexus.eventstream.proof;

import io.nexus.eventstream.EventStreamException;

/**
 * A log is not what was recorded, and what was to be done builds on it: it is not sealed, and not imported.
 *
 * <p><strong>What to do:</strong> keep everything as it is, look at {@link #report()}, and find out who wrote to the database or
 * the file. Nothing was written.
 */
public final class TamperedException extends EventStreamException {

    private static final long serialVersionUID = 1L;

    private final transient VerificationReport report;

    /** Creates the exception from a report that found something. */
    public TamperedException(VerificationReport report) {
        super(report.toString(), null);
        this.report = report;
    }

    /** Returns what was found. */
    public VerificationReport report() {
        return report;
    }
}
