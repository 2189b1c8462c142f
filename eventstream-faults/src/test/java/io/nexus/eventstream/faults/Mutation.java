package io.nexus.eventstream.faults;

import java.util.Locale;

/**
 * A mechanism that is taken out on purpose, {@code -Dfaults.mutate=NAME}, to see that the oracle finds it. A run with one is
 * expected to fail.
 */
enum Mutation {
    /** Commits do not wait for the disk. */
    ASYNCHRONOUS_COMMIT,
    /** Commits do not wait for the standby, which is a little behind. */
    ASYNCHRONOUS_STANDBY,
    /** What could not be resolved is sent again under new ids. */
    NEW_IDS,
    /** Whoever is in doubt assumes that nothing was written. */
    DOUBT_IS_FAILURE;

    boolean isOn() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-').equals(System.getProperty("faults.mutate", "none"));
    }
}
