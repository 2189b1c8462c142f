package io.nexus.eventstream;

import java.util.List;

/**
 * Ids of the events to append are in the tenant's log, but not as one earlier append of the same events. Nothing was
 * written.
 *
 * <p><strong>What to do:</strong> find out why an id was used twice; the message says how they differ. If the event is a
 * new one, give it a new id. If it is a retry, repeat the first append with all of its events unchanged.
 */
public final class EventIdMismatchException extends EventStreamException {

    private static final long serialVersionUID = 1L;

    /** In which way the events differ from what the log holds. */
    public enum Reason {
        /** An id stands twice in this append. */
        USED_TWICE_IN_THIS_APPEND("stand twice in this append"),
        /** Some ids are recorded and others are not. */
        ONLY_PARTLY_RECORDED("are recorded already while others of this append are not"),
        /** The ids are recorded, but by different appends. */
        RECORDED_BY_DIFFERENT_APPENDS("were recorded by different appends"),
        /** The ids are recorded with another stream, type, schema version, payload or business time. */
        RECORDED_WITH_OTHER_CONTENT("are recorded already with other content");

        private final String words;

        Reason(String words) {
            this.words = words;
        }
    }

    private final transient TenantId tenant;
    private final transient List<EventId> ids;
    private final Reason reason;

    /** Creates the exception. */
    public EventIdMismatchException(TenantId tenant, List<EventId> ids, Reason reason) {
        super(
                "event ids %s of tenant %s %s; nothing was written: a new event needs a new id, a retry must repeat the whole append unchanged"
                        .formatted(named(ids), tenant, reason.words),
                null);
        this.tenant = tenant;
        this.ids = List.copyOf(ids);
        this.reason = reason;
    }

    /** Returns the owner of the log. */
    public TenantId tenant() {
        return tenant;
    }

    /** Returns the ids that are in the way. */
    public List<EventId> ids() {
        return ids;
    }

    /** Returns in which way the events differ from what the log holds. */
    public Reason reason() {
        return reason;
    }

    private static String named(List<EventId> ids) {
        int shown = Math.min(ids.size(), 10);
        String more = ids.size() > shown ? " and " + (ids.size() - shown) + " more" : "";
        return ids.subList(0, shown) + more;
    }
}
