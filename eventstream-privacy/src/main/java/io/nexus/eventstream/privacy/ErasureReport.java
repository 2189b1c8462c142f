package io.nexus.eventstream.privacy;

import io.nexus.eventstream.Position;
import java.time.Instant;
import java.util.Optional;

/**
 * What an erasure touched.
 *
 * @param erasedAt when the key was destroyed; empty if the person never had one, and there was nothing to do
 * @param told where the event stands that tells projections and auditors; the last one, if they had to be told again
 * @param streams how many streams hold, or were about to hold, events with the person's data
 * @param snapshots how many stored snapshots of these were deleted
 * @param lateEvents how many events about the person came into the log after the erasure, from nodes that had not heard of it;
 *     they can be read by nobody, and projections were told again
 */
public record ErasureReport(
        Optional<Instant> erasedAt, Optional<Position> told, long streams, long snapshots, long lateEvents) {

    static final ErasureReport NOTHING = new ErasureReport(Optional.empty(), Optional.empty(), 0, 0, 0);

    /** Returns whether there was anything to erase. */
    public boolean foundAnything() {
        return erasedAt.isPresent();
    }
}
