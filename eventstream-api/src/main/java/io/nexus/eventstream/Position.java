package io.nexus.eventstream;

/**
 * The place of an event in its tenant's log: 1, 2, 3 … without gaps, in the order of the commits. Checkpoints remember
 * it. Whoever has read up to a position has read everything up to it: nothing can appear below it later.
 *
 * @param value 1 or more for an event; 0 only as {@link #START}
 */
public record Position(long value) implements Comparable<Position> {

    /** The place before the first event of a log. */
    public static final Position START = new Position(0);

    /**
     * Checks the value.
     *
     * @throws IllegalArgumentException if the value is negative
     */
    public Position {
        if (value < 0) {
            throw new IllegalArgumentException("a position is 0 or more, not " + value);
        }
    }

    /** Returns the position with this value; 0 is {@link #START}. */
    public static Position of(long value) {
        return value == 0 ? START : new Position(value);
    }

    /** Returns the position after this one. */
    public Position next() {
        return new Position(Math.addExact(value, 1));
    }

    /** Returns whether this position comes before the other. */
    public boolean isBefore(Position other) {
        return value < other.value;
    }

    @Override
    public int compareTo(Position other) {
        return Long.compare(value, other.value);
    }

    /** Returns the bare number. */
    @Override
    public String toString() {
        return Long.toString(value);
    }
}
