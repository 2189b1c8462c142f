package io.nexus.eventstream.tck;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A clock that a test sets: one that stands still until it is told otherwise, or one that runs beside the system's. Give it
 * to the in-memory store to decide when events are recorded:
 *
 * <pre>{@code
 * TestClock clock = TestClock.at(Instant.parse("2026-04-05T09:00:00Z"));
 * EventStore store = InMemoryEventStore.builder(serializer).clock(clock).build();
 * clock.advance(Duration.ofDays(1));
 * }</pre>
 *
 * <p>Thread-safe. Clocks made by {@link #withZone} show the same time and are set together.
 */
public final class TestClock extends Clock implements DatabaseClock {

    private final Clock base;
    private final AtomicReference<Duration> offset;

    private TestClock(Clock base, AtomicReference<Duration> offset) {
        this.base = base;
        this.offset = offset;
    }

    /** Returns a clock that stands still at this moment until it is set or advanced. */
    public static TestClock at(Instant moment) {
        return new TestClock(Clock.fixed(moment, ZoneOffset.UTC), new AtomicReference<>(Duration.ZERO));
    }

    /** Returns a clock that runs with the system's until it is set or advanced, and from then on as fast as it. */
    public static TestClock running() {
        return new TestClock(Clock.systemUTC(), new AtomicReference<>(Duration.ZERO));
    }

    /** Sets the clock to this moment, forward or backward. */
    public void set(Instant moment) {
        offset.set(Duration.between(base.instant(), moment));
    }

    /** Moves the clock on by this much, or back if it is negative. */
    public void advance(Duration step) {
        Objects.requireNonNull(step, "step");
        offset.updateAndGet(present -> present.plus(step));
    }

    /** Sets the clock to this much after where it began, or after the system's clock if it runs. */
    @Override
    public void shift(Duration newOffset) {
        offset.set(Objects.requireNonNull(newOffset, "offset"));
    }

    @Override
    public Instant instant() {
        return base.instant().plus(offset.get());
    }

    @Override
    public ZoneId getZone() {
        return base.getZone();
    }

    @Override
    public TestClock withZone(ZoneId zone) {
        return new TestClock(base.withZone(zone), offset);
    }

    /** Returns the moment that it shows. */
    @Override
    public String toString() {
        return "TestClock[" + instant() + "]";
    }
}
