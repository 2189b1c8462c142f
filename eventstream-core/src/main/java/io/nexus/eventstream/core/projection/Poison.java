package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.RecordedEvent;

/** An event that failed after all retries and is to be put aside, and what is kept of the failure. */
record Poison(RecordedEvent event, String error) {}
