package io.nexus.eventstream;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
    private final transient @Nullable Supplier<List<RecordedEvent>> inBetween;

    /** Creates the exception without a way to read what was appended in between. */
    public ConcurrencyException(TenantId tenant, StreamId stream, ExpectedVersion expected, EventVersion actual) {
        this(tenant, stream, expected, actual, null);
    }

    /**
     * Creates the exception.
     *
     * @param inBetween reads what {@link #eventsInBetween()} returns
     */
    public ConcurrencyException(
            TenantId tenant,
            StreamId stream,
            ExpectedVersion expected,
            EventVersion actual,
            @Nullable Supplier<List<RecordedEvent>> inBetween) {
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
        this.inBetween = inBetween;
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

    /**
     * Returns the events that the stream has and the append did not expect, the oldest first: what somebody else did in the
     * meantime, to be shown to a person or looked at before deciding again. They are read from the store at each call, so that
     * a conflict costs nothing to those who do not ask; of a store that works in a transaction of the caller, only before that
     * transaction ends.
     *
     * @return empty if no version was expected, the stream is shorter than expected, or this exception was sent through serialization
     * @throws StorageException if the database cannot be reached or fails
     */
    public List<RecordedEvent> eventsInBetween() {
        return inBetween == null ? List.of() : inBetween.get();
    }
}
