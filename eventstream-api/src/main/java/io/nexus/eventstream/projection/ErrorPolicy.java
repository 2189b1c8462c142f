package io.nexus.eventstream.projection;

/** What becomes of a projection when an event still fails after all retries. */
public enum ErrorPolicy {

    /** The projection stops before the event and says so. Nothing later is applied until it is resumed. */
    STOP,

    /**
     * The event, and every later one of its stream, is put aside in order, and the projection goes on with the other
     * streams. What was put aside is replayed on request, once the cause is mended. For read models whose streams do not
     * depend on each other. The erasure of a person is never put aside: it stops the projection.
     */
    PARK_STREAM
}
