package io.nexus.eventstream.projection;

import io.nexus.eventstream.Position;
import io.nexus.eventstream.StreamId;
import java.time.Instant;

/**
 * An event that a projection has put aside.
 *
 * @param position the event's place in the log, where it can be read
 * @param stream the event's stream, all of whose later events are put aside behind it
 * @param error why it was put aside, as in {@link ProjectionFailure#error}; empty for an event that merely stands behind one
 * @param parkedAt when it was put aside, by the database's clock
 */
public record ParkedEvent(Position position, StreamId stream, String error, Instant parkedAt) {}
