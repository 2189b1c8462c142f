package io.nexus.eventstream.jdbc.state;

import io.nexus.eventstream.Fold;
import io.nexus.eventstream.NamedFold;
import io.nexus.eventstream.jdbc.FreshDatabase.Noted;
import java.math.BigDecimal;

/**
 * A state that differs as soon as an event is missing, doubled, changed or out of order.
 *
 * @param events how many there were
 * @param chain what they said, in order
 * @param last the length of the last text as a decimal, whose scale JSON must keep
 */
record Digest(long events, long chain, BigDecimal last) {

    static final Digest NONE = new Digest(0, 17, new BigDecimal("0.00"));

    static NamedFold<Digest> fold() {
        return Fold.of(NONE, Noted.class, Digest::after).named("digest", 1, Digest.class);
    }

    /** What an update of the application makes of it. */
    static NamedFold<Digest> newerFold() {
        return Fold.of(NONE, Noted.class, (state, event) -> state.after(new Noted(event.text() + "!")))
                .named("digest", 2, Digest.class);
    }

    Digest after(Noted event) {
        return new Digest(
                events + 1,
                chain * 31 + event.text().hashCode(),
                BigDecimal.valueOf(event.text().length() * 10L, 2));
    }
}
