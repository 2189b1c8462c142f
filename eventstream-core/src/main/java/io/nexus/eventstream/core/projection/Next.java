package io.nexus.eventstream.core.projection;

import java.time.Duration;
import java.util.Optional;

/**
 * What is to be done after a turn of a projection.
 *
 * @param handled how many events the turn handled
 * @param delay when to give it the next turn; empty if it is at rest
 */
record Next(long handled, Optional<Duration> delay) {

    static Next rest(long handled) {
        return new Next(handled, Optional.empty());
    }

    static Next atOnce(long handled) {
        return new Next(handled, Optional.of(Duration.ZERO));
    }

    static Next after(Duration delay) {
        return new Next(0, Optional.of(delay));
    }

    boolean isAtOnce() {
        return delay.map(Duration::isZero).orElse(false);
    }
}
