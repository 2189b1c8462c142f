package io.nexus.eventstream;

/**
 * A stream was not as the append expected: somebody else appended first. Nothing was written.
 *
 * <p><strong>What to do:</strong> load the stream again, decide again on what it says now, and append with the new
 * version; a few times with a growing pause. Appending the same events blindly with the actual version would be the lost
 * update that the expectation is there to prevent.
 *
 * <p>In a transaction of the caller the transaction stays usable. If the conflict was found after the tenant's lane was
 * taken, the lane is kept until that transaction ends.
 */
public final class ConcurrencyException extends EventStreamException {

    private static final long serialVersionUID = 1L;

    private final transient TenantId tenant;
    private final transient StreamId stream;
    private final transient ExpectedVersion expected;
    private final transient EventVersion actual;

    /** Creates the exception. */
    public ConcurrencyException(TenantId tenant, StreamId stream, ExpectedVersion expected, EventVersion actual) {
        super(
                "stream %s of tenant %s %s, the append expected %s; nothing was written: load the stream again, decide again, append again"
                        .formatted(
                                stream,
                                tenant,
                                actual.equals(EventVersion.NONE) ? "has no events" : "is at version " + actual,
                                expected),
                null);
        this.tenant = tenant;
        this.stream = stream;
        this.expected = expected;
        this.actual = actual;
    }

    /** Returns the owner of the log. */
    public TenantId tenant() {
        return tenant;
    }

    /** Returns the stream that was not as expected. */
    public StreamId stream() {
        return stream;
    }

    /** Returns what the append expected. */
    public ExpectedVersion expected() {
        return expected;
    }

    /** Returns the version that the stream had, {@link EventVersion#NONE} if it had no events. */
    public EventVersion actual() {
        return actual;
    }
}
