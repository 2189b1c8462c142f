package io.nexus.eventstream.examples.finance;

import java.time.LocalDate;

/**
 * A period was closed, and with it everything before.
 *
 * @param through the last day of the period
 */
public record PeriodClosed(LocalDate through) implements PeriodEvent {

    @Override
    public ClosedThrough applyTo(ClosedThrough before) {
        return before.covers(through) ? before : ClosedThrough.day(through);
    }
}
