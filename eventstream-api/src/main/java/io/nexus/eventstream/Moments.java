package io.nexus.eventstream;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/** Which instants the library accepts, and to what they are cut: microseconds, as PostgreSQL stores them. */
final class Moments {

    private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    private Moments() {}

    /**
     * Returns {@code moment} cut to microseconds. Cutting when the value is made, rather than when it is stored, keeps
     * an event equal to itself after a round trip (PostgreSQL would round, not cut).
     */
    static Instant cut(Instant moment, String what) {
        Objects.requireNonNull(moment, what);
        if (moment.isBefore(FIRST) || moment.isAfter(LAST)) {
            throw new IllegalArgumentException("%s is %s, it must lie in the years 1 to 9999".formatted(what, moment));
        }
        return moment.truncatedTo(ChronoUnit.MICROS);
    }
}
