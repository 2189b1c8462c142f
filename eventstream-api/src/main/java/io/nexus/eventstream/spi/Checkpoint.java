package io.nexus.eventstream.spi;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.Position;
import java.util.Objects;

/**
 * The position up to which a projection has taken effect, and the hash of the event there, by which a log that was rewound
 * is recognised.
 *
 * @param position the last position that is behind it
 * @param hash the hash of the event at that position, {@link EventHash#NONE} at the start
 */
public record Checkpoint(Position position, EventHash hash) {

    /** Before the first event. */
    public static final Checkpoint START = new Checkpoint(Position.START, EventHash.NONE);

    /** Checks that nothing is missing. */
    public Checkpoint {
        Objects.requireNonNull(position, "position");
        Objects.requireNonNull(hash, "hash");
    }
}
