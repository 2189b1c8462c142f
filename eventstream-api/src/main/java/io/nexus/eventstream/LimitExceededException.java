package io.nexus.eventstream;

/**
 * An append is larger than the configured limits allow. Nothing was written.
 *
 * <p><strong>What to do:</strong> make it smaller (several appends, a reference to a document in place of the document), or
 * raise the limit that the message names.
 */
public final class LimitExceededException extends EventStreamException {

    private static final long serialVersionUID = 1L;

    private final String limit;
    private final long allowed;
    private final long actual;

    /**
     * Creates the exception.
     *
     * @param limit the configuration key of the limit
     * @param what what was measured, for example {@code payload of event 01J… in bytes}
     * @param allowed the configured limit
     * @param actual the measured size
     */
    public LimitExceededException(String limit, String what, long allowed, long actual) {
        super(
                "%s is %d, %s allows %d; nothing was written: make it smaller or raise that limit"
                        .formatted(what, actual, limit, allowed),
                null);
        this.limit = limit;
        this.allowed = allowed;
        this.actual = actual;
    }

    /** Returns the configuration key of the limit. */
    public String limit() {
        return limit;
    }

    /** Returns the configured limit. */
    public long allowed() {
        return allowed;
    }

    /** Returns the measured size. */
    public long actual() {
        return actual;
    }
}
