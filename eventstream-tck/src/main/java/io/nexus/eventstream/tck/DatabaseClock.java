package io.nexus.eventstream.tck;

import java.time.Duration;

/**
 * The clock by which a store records events, which on a real server nobody can set for a test. In a database, replace the
 * function that reads it by one that adds an offset kept in a table; where the store takes a {@link java.time.Clock}, give it
 * a {@link TestClock}.
 */
@FunctionalInterface
public interface DatabaseClock {

    /**
     * Makes the clock run this far ahead of the real time from now on, or behind it if the offset is negative, for all stores
     * over this database. {@link Duration#ZERO} puts it right again; the tests do so when they end.
     */
    void shift(Duration offset);
}
