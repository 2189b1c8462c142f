package io.nexus.eventstream.core;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How {@link EventStreamManager#execute} deals with conflicts and repetitions.
 *
 * @param commandId what identifies the command, so that executing it again finds what it has recorded; unique for the stream,
 *     not blank, at most 255 characters. Empty: each execution is a new command
 * @param attempts how often it is decided and appended at most, 1 to 1,000
 * @param firstPause the pause after the first conflict, doubled after each further one; a random part of it is waited
 * @param longestPause the longest pause, up to an hour
 */
public record CommandOptions(Optional<String> commandId, int attempts, Duration firstPause, Duration longestPause) {

    /** The largest number of characters of a command id. */
    public static final int MAX_ID_LENGTH = 255;

    private static final int MOST_ATTEMPTS = 1_000;
    private static final Duration LONGEST = Duration.ofHours(1);

    /** Checks the numbers. */
    public CommandOptions {
        Objects.requireNonNull(commandId, "commandId");
        if (commandId.isPresent() && commandId.get().isBlank()) {
            throw new IllegalArgumentException("the command id must not be blank");
        }
        if (commandId.isPresent() && commandId.get().length() > MAX_ID_LENGTH) {
            throw new IllegalArgumentException("the command id has %d characters, at most %d are allowed"
                    .formatted(commandId.get().length(), MAX_ID_LENGTH));
        }
        if (attempts < 1 || attempts > MOST_ATTEMPTS) {
            throw new IllegalArgumentException("attempts is %d, it must be 1 to %d".formatted(attempts, MOST_ATTEMPTS));
        }
        if (firstPause.isNegative() || longestPause.compareTo(firstPause) < 0 || longestPause.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "the pauses are %s and %s, the first must not be negative or above the longest, nor that above %s"
                            .formatted(firstPause, longestPause, LONGEST));
        }
    }

    /** Returns up to 5 attempts with pauses of 10 ms to 500 ms, and no command id. */
    public static CommandOptions defaults() {
        return new CommandOptions(Optional.empty(), 5, Duration.ofMillis(10), Duration.ofMillis(500));
    }

    /** Returns the same for this command. */
    public CommandOptions withCommandId(String id) {
        return new CommandOptions(Optional.of(id), attempts, firstPause, longestPause);
    }

    /** Returns the same with another number of attempts. */
    public CommandOptions withAttempts(int most) {
        return new CommandOptions(commandId, most, firstPause, longestPause);
    }

    /** Returns the same with other pauses. */
    public CommandOptions withPauses(Duration first, Duration longest) {
        return new CommandOptions(commandId, attempts, first, longest);
    }
}
