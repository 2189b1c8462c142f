package io.nexus.eventstream.projection;

/** Something that goes on until it is closed. Closing it twice does no harm. */
public interface Subscription extends AutoCloseable {

    /** Ends it. */
    @Override
    void close();
}
