package io.nexus.eventstream;

/**
 * A stream, or the version of it that was asked for, does not exist.
 *
 * <p><strong>What to do:</strong> check category and aggregate id, and whose tenant it is. A version beyond the end of a
 * stream has no state yet: ask for {@link #actual()} or a lower one.
 */
public final class StreamNotFoundException extends EventStreamException {

    private static final long serialVersionUID = 1L;

    private final transient TenantId tenant;
    private final transient StreamId stream;
    private final transient EventVersion requested;
    private final transient EventVersion actual;

    /** Creates the exception. */
    public StreamNotFoundException(TenantId tenant, StreamId stream, EventVersion requested, EventVersion actual) {
        super(
                actual.equals(EventVersion.NONE)
                        ? "tenant %s has no stream %s: check its category and aggregate id, and whose tenant it is"
                                .formatted(tenant, stream)
                        : "stream %s of tenant %s has no version %s, it ends at version %s: ask for that one or an earlier one"
                                .formatted(stream, tenant, requested, actual),
                null);
        this.tenant = tenant;
        this.stream = stream;
        this.requested = requested;
        this.actual = actual;
    }

    /** Returns the owner of the log. */
    public TenantId tenant() {
        return tenant;
    }

    /** Returns the stream that was asked for. */
    public StreamId stream() {
        return stream;
    }

    /** Returns the version that was asked for. */
    public EventVersion requested() {
        return requested;
    }

    /** Returns the version at which the stream ends, {@link EventVersion#NONE} if it has no events. */
    public EventVersion actual() {
        return actual;
    }
}
