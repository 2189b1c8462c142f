package io.nexus.eventstream.proof;

import io.nexus.eventstream.Position;

/**
 * The first place at which a log is not what was recorded.
 *
 * @param kind what was done, as far as it can be told
 * @param position where
 * @param detail what was found there, for people
 */
public record Tampering(Kind kind, Position position, String detail) {

    /** What somebody did to a log. */
    public enum Kind {
        /** The event at the position was changed, or its hash was. */
        CHANGED,
        /** The event at the position, and perhaps more after it, is not there any more. */
        DROPPED,
        /** The event at the position was never appended. */
        INSERTED,
        /** The event at the position was recorded at another place. */
        MOVED,
        /** The chain is whole and is not the one that was sealed; the position is the first of the seal that it does not fit. */
        REWRITTEN,
        /** A seal is forged, of a key that is not known, of another tenant, or does not follow the one before it. */
        SEAL_INVALID,
        /** What is read is not in the form that is specified, or ends too early. */
        UNREADABLE
    }

    /** Returns kind, position and detail. */
    @Override
    public String toString() {
        return "%s at position %s: %s".formatted(kind, position, detail);
    }
}
