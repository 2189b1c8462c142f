package io.nexus.eventstream;

import java.time.Instant;

/**
 * The newest event of a tenant's log.
 *
 * @param position its position, which is also the number of events in the log
 * @param recordedAt when it was recorded
 * @param hash its link of the hash chain, which covers the whole log
 */
public record LogHead(Position position, Instant recordedAt, EventHash hash) {}
