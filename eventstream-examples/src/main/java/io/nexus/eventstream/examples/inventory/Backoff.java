package io.nexus.eventstream.examples.inventory;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: a random time below a bound that doubles with every attempt. Without the chance
 * in it, writers that met once would meet again and again.
 *
 * @param attempts how many attempts there are in all
 * @param first the bound of the first pause
 * @param longest what the bound never exceeds
 */
record Backoff(int attempts, Duration first, Duration longest) {

    /** Some three seconds at the very worst, which is when sixteen writers want one SKU at the same moment. */
    static final Backoff DEFAULT = new Backoff(20, Duration.ofMillis(5), Duration.ofMillis(250));

    /** Returns the pause after a failed attempt, the first being 1. */
    Duration pause(int attempt, RandomGenerator random) {
        return Duration.ofNanos(random.nextLong(bound(attempt).toNanos()) + 1);
    }

    private Duration bound(int attempt) {
        Duration doubled = first.multipliedBy(1L << Math.min(attempt - 1, 20));
        return doubled.compareTo(longest) < 0 ? doubled : longest;
    }
}
