package io.nexus.eventstream.core;

import io.nexus.eventstream.Fold;
import io.nexus.eventstream.NamedFold;
import io.nexus.eventstream.core.Samples.AccountEvent;
import java.math.BigDecimal;
import java.util.List;

/**
 * A state that differs as soon as an event is missing, doubled or out of order.
 *
 * @param events how many there were
 * @param chain what they said, in order
 * @param last the last amount, whose scale JSON must keep
 */
record Tally(long events, long chain, BigDecimal last) {

    static final Tally NONE = new Tally(0, 17, new BigDecimal("0.00"));
    static final NamedFold<Tally> FOLD =
            Fold.of(NONE, AccountEvent.class, Tally::after).named("tally", 1, Tally.class);

    /** What an update of the application makes of it. */
    static final NamedFold<Tally> NEWER = Fold.of(
                    NONE,
                    AccountEvent.class,
                    (tally, event) -> tally.after(event).after(event))
            .named("tally", 2, Tally.class);

    Tally after(AccountEvent event) {
        return new Tally(events + 1, chain * 31 + event.hashCode(), event.amount());
    }

    /** Returns the state after these events, without the library's help. */
    static Tally of(List<? extends AccountEvent> events) {
        Tally tally = NONE;
        for (AccountEvent event : events) {
            tally = tally.after(event);
        }
        return tally;
    }
}
