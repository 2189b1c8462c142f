package io.nexus.eventstream.projection;

/** Whether a projection goes on when there are new events. */
public enum ProjectionState {

    /** It handles new events as they come. */
    RUNNING,

    /** Somebody paused it; it waits to be resumed. */
    PAUSED,

    /** An event failed after all retries; it waits before that event to be resumed. */
    FAILED
}
