package io.nexus.eventstream;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * What an append did. The events of one append share one {@code recordedAt} and stand next to each other in the log.
 *
 * @param events where each event stands, in the order in which they were given; empty only when the store is switched off
 * @param recordedAt when the database accepted them, in microseconds
 * @param alreadyRecorded {@code true} if an earlier append had recorded these events and this call wrote nothing; places
 *     and time are then those of that first append
 * @param contentCompared {@code false} if this call repeated an append whose personal data were erased since: it was then
 *     recognised by the ids of its events alone, since what they said can no longer be compared
 */
public record AppendResult(
        List<AppendedEvent> events, Instant recordedAt, boolean alreadyRecorded, boolean contentCompared) {

    /** Copies the list. */
    public AppendResult {
        events = List.copyOf(events);
        Objects.requireNonNull(recordedAt, "recordedAt");
    }

    /** Creates the result of an append whose content was compared, if there was anything to compare it with. */
    public AppendResult(List<AppendedEvent> events, Instant recordedAt, boolean alreadyRecorded) {
        this(events, recordedAt, alreadyRecorded, true);
    }

    /** Returns the largest position of these events, what a checkpoint must reach to have seen them all. */
    public Position position() {
        return events.stream()
                .map(AppendedEvent::position)
                .max(Position::compareTo)
                .orElse(Position.START);
    }

    /** Returns the version of the last of these events in this stream, {@link EventVersion#NONE} if there is none. */
    public EventVersion version(StreamId stream) {
        return events.stream()
                .filter(event -> event.stream().equals(stream))
                .map(AppendedEvent::version)
                .max(EventVersion::compareTo)
                .orElse(EventVersion.NONE);
    }
}
