package io.nexus.eventstream.core;

import java.time.Duration;

/**
 * How a configuration wants projections to run.
 *
 * @param enabled whether an engine that is started does anything
 * @param lagThreshold how far behind the log, in time, a projection may be before listeners are told
 * @param failureNotification whether listeners are told of failures
 */
public record ProjectionSettings(boolean enabled, Duration lagThreshold, boolean failureNotification) {

    private static final Duration LONGEST = Duration.ofDays(365);

    /** Checks the threshold. */
    public ProjectionSettings {
        if (lagThreshold.compareTo(Duration.ofSeconds(1)) < 0 || lagThreshold.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("lagThreshold is %d s, it must be 1 to %d"
                    .formatted(lagThreshold.toSeconds(), LONGEST.toSeconds()));
        }
    }

    /** Returns what the specification has: enabled, 10 seconds, listeners told. */
    public static ProjectionSettings defaults() {
        return new ProjectionSettings(true, Duration.ofSeconds(10), true);
    }

    /** Returns the same, switched on or off. */
    public ProjectionSettings withEnabled(boolean on) {
        return new ProjectionSettings(on, lagThreshold, failureNotification);
    }

    /** Returns the same with another threshold. */
    public ProjectionSettings withLagThreshold(Duration threshold) {
        return new ProjectionSettings(enabled, threshold, failureNotification);
    }

    /** Returns the same with listeners told of failures or not. */
    public ProjectionSettings withFailureNotification(boolean on) {
        return new ProjectionSettings(enabled, lagThreshold, on);
    }
}
