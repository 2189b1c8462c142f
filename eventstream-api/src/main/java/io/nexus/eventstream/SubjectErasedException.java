package io.nexus.eventstream;

/**
 * An event holds data about a person who was erased. Nothing was written.
 *
 * <p><strong>What to do:</strong> append nothing about that person. If they came back and agreed to have their data kept anew,
 * admit them again first, by {@code DataSubjects.readmit}; what was erased stays so.
 */
public final class SubjectErasedException extends EventStreamException {

    private static final long serialVersionUID = 1L;

    private final transient TenantId tenant;
    private final transient EventId event;

    /**
     * Creates the exception.
     *
     * @param tenant the owner of the log
     * @param event the event that was to be appended
     */
    public SubjectErasedException(TenantId tenant, EventId event) {
        super(
                "event %s for the log of tenant %s holds data about a person who was erased; nothing was written: leave it out, or admit the person again with their consent"
                        .formatted(event, tenant),
                null);
        this.tenant = tenant;
        this.event = event;
    }

    /** Returns the owner of the log. */
    public TenantId tenant() {
        return tenant;
    }

    /** Returns the id of the event. */
    public EventId event() {
        return event;
    }
}
