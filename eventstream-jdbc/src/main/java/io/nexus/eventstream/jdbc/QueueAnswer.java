package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.spi.AppendOutcome;
import org.jspecify.annotations.Nullable;

/** What became of an append in an {@link AppendQueue}. */
sealed interface QueueAnswer {

    /** It was judged, and committed if it was appended. */
    record Judged(AppendOutcome outcome) implements QueueAnswer {}

    /**
     * It is to be sent once more, by itself.
     *
     * @param doubt what broke while it was under way, so that nobody knows whether it was recorded; {@code null} if it was not
     */
    record Alone(@Nullable Throwable doubt) implements QueueAnswer {}

    /** It failed and was not recorded, or it failed by itself. */
    record Failed(RuntimeException failure) implements QueueAnswer {}

    /** It was not sent in the time that it had. */
    record TooLate() implements QueueAnswer {}

    /** Its thread was interrupted before it was sent. */
    record Interrupted() implements QueueAnswer {}
}
