package io.nexus.eventstream;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * An event before it is stored: the business fact as a record of the user's own, and what goes with it.
 *
 * <pre>{@code
 * NewEvent.of(new AccountDebited("JE-1", new BigDecimal("5000.00"), "MYR")).occurredAt(postingDate)
 * }</pre>
 *
 * @param id the event's identity; keep the same {@code NewEvent} for a retry, so that a first attempt which did reach the
 *     log is recognised
 * @param payload the business fact, an instance of a registered record
 * @param occurredAt business time, cut to microseconds, in the years 1 to 9999; may lie in the past. When empty, it
 *     becomes the moment at which the append is recorded
 * @param metadata who caused it and in which context
 */
public record NewEvent(EventId id, Object payload, Optional<Instant> occurredAt, EventMetadata metadata) {

    /**
     * Checks the parts and cuts {@code occurredAt} to microseconds.
     *
     * @throws IllegalArgumentException if {@code occurredAt} lies outside the years 1 to 9999, or the payload is itself a
     *     {@code NewEvent}
     */
    public NewEvent {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(payload, "payload");
        if (payload instanceof NewEvent) {
            throw new IllegalArgumentException("the payload is a NewEvent already, pass it on as it is");
        }
        occurredAt = occurredAt.map(moment -> Moments.cut(moment, "occurredAt"));
        Objects.requireNonNull(metadata, "metadata");
    }

    /** Returns an event with a new id, without a business time of its own and without metadata. */
    public static NewEvent of(Object payload) {
        return new NewEvent(EventId.generate(), payload, Optional.empty(), EventMetadata.none());
    }

    /** Returns a copy with this id. */
    public NewEvent withId(EventId newId) {
        return new NewEvent(newId, payload, occurredAt, metadata);
    }

    /**
     * Returns a copy that occurred at this business time.
     *
     * @throws IllegalArgumentException if the moment lies outside the years 1 to 9999
     */
    public NewEvent occurredAt(Instant moment) {
        return new NewEvent(id, payload, Optional.of(moment), metadata);
    }

    /** Returns a copy with this metadata in place of what it had. */
    public NewEvent withMetadata(EventMetadata newMetadata) {
        return new NewEvent(id, payload, occurredAt, newMetadata);
    }

    /** Returns id and kind without the payload, so that a log line cannot show what the event says. */
    @Override
    public String toString() {
        return "NewEvent[" + id + ", " + payload.getClass().getSimpleName() + "]";
    }
}
