package io.nexus.eventstream.projection;

import io.nexus.eventstream.Position;
import java.time.Instant;

/**
 * Why a projection stopped.
 *
 * @param position the event that it stopped before
 * @param error the exception's class and message, kept and not logged; of an {@link java.sql.SQLException} and of what it caused
 *     the class, SQLSTATE and what says nothing of values. What the host writes into its own messages stays: no personal data
 * @param stackTrace the exception's stack trace in the same way, cut to 16,000 characters
 * @param failedAt when the last attempt was made, by the database's clock
 */
public record ProjectionFailure(Position position, String error, String stackTrace, Instant failedAt) {}
