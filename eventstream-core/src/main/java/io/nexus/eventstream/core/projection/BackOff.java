package io.nexus.eventstream.core.projection;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait after a failure: twice as long each time, up to a bound, and a random part of that, so that many who
 * failed together do not come back together.
 */
public record BackOff(Duration first, Duration most) {

    /** Returns how long to wait after so many failures in a row, 1 or more. */
    public Duration after(int failures) {
        long bound = first.toMillis() << Math.min(failures - 1, 20);
        long capped = Math.max(1, Math.min(bound, most.toMillis()));
        return Duration.ofMillis(capped / 2 + ThreadLocalRandom.current().nextLong(capped / 2 + 1));
    }
}
