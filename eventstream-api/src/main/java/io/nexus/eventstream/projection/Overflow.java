package io.nexus.eventstream.projection;

/** What becomes of events that a listener is too slow for. */
public enum Overflow {

    /** They wait in the log, for as long as it takes. */
    WAIT,

    /** The oldest that wait are passed over, and counted. */
    SKIP_OLDEST
}
