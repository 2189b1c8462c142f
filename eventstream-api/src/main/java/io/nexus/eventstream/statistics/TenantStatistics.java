package io.nexus.eventstream.statistics;

import io.nexus.eventstream.Position;
import java.util.List;
import java.util.Objects;

/**
 * A tenant's log in numbers.
 *
 * @param head the newest position, which is also the number of events; exact
 * @param eventsLastMinute events recorded in the last 60 seconds of the database's clock; exact
 * @param eventsLastHour events recorded in the last 3,600 seconds of the database's clock; exact
 * @param counted the position up to which the following have been counted; below {@code head} while counting is behind
 * @param bytes the size of all payloads and metadata as they are stored
 * @param streams the number of streams
 * @param lengths how many streams there are of each length, the shortest first; lengths without streams are left out
 */
public record TenantStatistics(
        Position head,
        long eventsLastMinute,
        long eventsLastHour,
        Position counted,
        long bytes,
        long streams,
        List<StreamLengths> lengths) {

    /** Copies the list. */
    public TenantStatistics {
        Objects.requireNonNull(head, "head");
        Objects.requireNonNull(counted, "counted");
        lengths = List.copyOf(lengths);
    }
}
