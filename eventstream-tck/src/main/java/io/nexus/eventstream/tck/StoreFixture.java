package io.nexus.eventstream.tck;

import io.nexus.eventstream.EventStore;

/**
 * What the contract tests need of the author of a store. Every test uses tenants of its own, so one database may serve all
 * tests of a class, and stores opened one after the other may stand over the same log or each over an empty one.
 */
public interface StoreFixture {

    /** Returns a store with these options. Called at least once for every test. */
    EventStore open(StoreOptions options);

    /** Returns the clock by which the stores of {@link #open} record events. */
    DatabaseClock databaseClock();

    /**
     * Returns whether the store has a clock apart from its caller's and compares the two, which is what a store in a
     * database does. A store in the caller's own process, where there is only one clock, says {@code false}; the tests then
     * demand that it records by that clock, whatever {@link StoreOptions#callerClock()} says.
     */
    default boolean comparesCallersClock() {
        return true;
    }

    /**
     * Returns whether payloads are stored encrypted, so that what is stored is not the JSON, and equal payloads of two events
     * differ. In general they are not.
     */
    default boolean encryptsPayloads() {
        return false;
    }
}
