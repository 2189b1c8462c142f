package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.RecordedEvent;

/** An event that failed after all retries and is to be put aside. */
record Poison(RecordedEvent event, Throwable cause) {}
