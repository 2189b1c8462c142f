package io.nexus.eventstream.examples.finance;

import io.nexus.eventstream.Fold;
import java.time.LocalDate;
import java.util.Optional;

/**
 * Up to which day the books are closed.
 *
 * @param day the last closed day, empty if none is
 */
public record ClosedThrough(Optional<LocalDate> day) {

    /** Books of which nothing is closed. */
    public static final ClosedThrough NOTHING = new ClosedThrough(Optional.empty());

    /** Returns the fold that makes it of what happened to the periods. */
    public static Fold<ClosedThrough> fold() {
        return Fold.of(NOTHING, PeriodEvent.class, (closed, event) -> event.applyTo(closed));
    }

    /** Returns books that are closed through this day. */
    static ClosedThrough day(LocalDate day) {
        return new ClosedThrough(Optional.of(day));
    }

    /** Returns whether nothing may be posted on a date any more. */
    public boolean covers(LocalDate date) {
        return day.isPresent() && !date.isAfter(day.get());
    }
}
