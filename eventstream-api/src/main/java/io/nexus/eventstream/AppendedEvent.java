package io.nexus.eventstream;

/**
 * Where an appended event stands.
 *
 * @param id the event's identity
 * @param stream its stream
 * @param version its place in the stream
 * @param position its place in the tenant's log
 */
public record AppendedEvent(EventId id, StreamId stream, EventVersion version, Position position) {}
