package io.nexus.eventstream.tck;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what other threads bring about, with a bound, so that an engine that stands still fails its test. */
final class Eventually {

    /** Longer than anything takes that is going to happen. */
    static final Duration GUARD = Duration.ofMinutes(2);

    private static final long LOOK_EVERY_NANOS = Duration.ofMillis(2).toNanos();

    private Eventually() {}

    static void holds(String what, BooleanSupplier condition) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begin > GUARD.toNanos()) {
                throw new AssertionError("waited %d s in vain: %s".formatted(GUARD.toSeconds(), what));
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
    }
}
