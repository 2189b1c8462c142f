package io.nexus.eventstream.benchmarks;

import java.util.function.Consumer;

/** A peer that is open. Thread-safe. */
public interface PeerStore extends AutoCloseable {

    /** Appends an event that must become this version, 1 being the first, and returns when it is committed. */
    void append(String stream, long version, Object event);

    /** Reads all events of a stream as objects and returns how many there are. */
    int read(String stream, Consumer<Object> events);

    @Override
    void close();
}
