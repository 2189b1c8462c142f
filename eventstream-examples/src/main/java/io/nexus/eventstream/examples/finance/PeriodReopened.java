package io.nexus.eventstream.examples.finance;

import java.time.LocalDate;

/**
 * A period was reopened, and with it everything after.
 *
 * @param from the first day of the period
 * @param reason why; an auditor will ask
 */
public record PeriodReopened(LocalDate from, String reason) implements PeriodEvent {

    @Override
    public ClosedThrough applyTo(ClosedThrough before) {
        return before.covers(from) ? ClosedThrough.day(from.minusDays(1)) : before;
    }
}
