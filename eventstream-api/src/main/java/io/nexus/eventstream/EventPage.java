package io.nexus.eventstream;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Some events and where to go on. It holds no connection; keep it as long as you like.
 *
 * @param events the events in the order of the query
 * @param next the query for the events that follow, empty if this page reached the end; it may turn out to find nothing
 */
public record EventPage(List<RecordedEvent> events, Optional<EventQuery> next) {

    /** Copies the list. */
    public EventPage {
        events = List.copyOf(events);
        Objects.requireNonNull(next, "next");
    }
}
