package io.nexus.eventstream.projection;

import io.nexus.eventstream.Position;
import java.time.Instant;

/**
 * Why a projection stopped.
 *
 * @param position the event that it stopped before
 * @param error the exception's class and message; may quote data of the host, so it is kept and not logged
 * @param stackTrace the exception's stack trace, cut to 16,000 characters
 * @param failedAt when the last attempt was made, by the database's clock
 */
public record ProjectionFailure(Position position, String error, String stackTrace, Instant failedAt) {}
