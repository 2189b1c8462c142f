package io.nexus.eventstream;

import java.util.List;
import java.util.Objects;

/**
 * What an append does to one stream: the events to add and what it expects of the stream before. With no events it only
 * expects, for example that a fiscal period, which has a stream of its own, is still open.
 *
 * @param stream the stream
 * @param expected what must be true of it
 * @param events what is added to its end, in this order; may be empty in an append over several streams
 */
public record StreamAppend(StreamId stream, ExpectedVersion expected, List<NewEvent> events) {

    /** Copies the list. */
    public StreamAppend {
        Objects.requireNonNull(stream, "stream");
        Objects.requireNonNull(expected, "expected");
        events = List.copyOf(events);
    }

    /** Returns an append of these events to this stream. */
    public static StreamAppend of(StreamId stream, ExpectedVersion expected, NewEvent... events) {
        return new StreamAppend(stream, expected, List.of(events));
    }

    /** Returns a part of an append that writes nothing to this stream but fails unless it is as expected. */
    public static StreamAppend expecting(StreamId stream, ExpectedVersion expected) {
        return new StreamAppend(stream, expected, List.of());
    }
}
