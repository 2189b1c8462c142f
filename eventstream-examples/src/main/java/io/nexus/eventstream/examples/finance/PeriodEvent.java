package io.nexus.eventstream.examples.finance;

/** What happens to the periods of a ledger. */
public sealed interface PeriodEvent permits PeriodClosed, PeriodReopened {

    /** Returns what is closed after this event. */
    ClosedThrough applyTo(ClosedThrough before);
}
