package io.nexus.eventstream.projection;

import io.nexus.eventstream.Position;
import java.time.Instant;

/**
 * Why a projection stopped.
 *
 * @param position the event that it stopped before
 * @param error the exception's class and those of its causes, with what can be told without quoting data: this library's own messages,
 *     and of a database's exception SQLSTATE, table and constraint. Messages of the host's are in it only if the engine was told to
 *     keep them
 * @param stackTrace the same with stack traces, cut to 16,000 characters
 * @param failedAt when the last attempt was made, by the database's clock
 */
public record ProjectionFailure(Position position, String error, String stackTrace, Instant failedAt) {}
