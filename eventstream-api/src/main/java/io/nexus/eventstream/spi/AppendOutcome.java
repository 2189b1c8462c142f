package io.nexus.eventstream.spi;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.ClockSuspectException;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventIdMismatchException;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.LaneHolder;
import io.nexus.eventstream.StreamId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * How an append ended. All of these are answers, not errors of the database: a transaction of the caller in which one is
 * given stays usable. Only {@link Appended} has written anything.
 */
public sealed interface AppendOutcome {

    /**
     * The events are in the log.
     *
     * @param result where they stand, and whether an earlier append had recorded them
     */
    record Appended(AppendResult result) implements AppendOutcome {}

    /**
     * A stream was not as expected.
     *
     * @param stream the first such stream, in the order of the expectations
     * @param actual the version that it has
     */
    record Conflict(StreamId stream, EventVersion actual) implements AppendOutcome {}

    /**
     * Ids are in the log already, but not as one earlier append of the same events.
     *
     * @param ids the ids in the way
     * @param reason in which way they differ
     */
    record IdMismatch(List<EventId> ids, EventIdMismatchException.Reason reason) implements AppendOutcome {}

    /** The tenant does not exist. */
    record UnknownTenant() implements AppendOutcome {}

    /** The transaction holds the lane of another tenant. */
    record SecondTenant() implements AppendOutcome {}

    /** The session is bound to another tenant. */
    record OtherTenant() implements AppendOutcome {}

    /**
     * Another transaction held the lane for too long.
     *
     * @param holders who held it, as far as the storage can tell
     * @param waited how long this append waited
     */
    record LaneBusy(List<LaneHolder> holders, Duration waited) implements AppendOutcome {}

    /**
     * The storage's clock cannot be trusted.
     *
     * @param databaseTime what it says
     * @param otherTime the moment that it does not agree with
     * @param comparedWith whose moment that is
     */
    record ClockSuspect(Instant databaseTime, Instant otherTime, ClockSuspectException.ComparedWith comparedWith)
            implements AppendOutcome {}
}
