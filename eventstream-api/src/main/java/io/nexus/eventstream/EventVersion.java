package io.nexus.eventstream;

/**
 * The place of an event in its stream: 1, 2, 3 … without gaps. Optimistic locking compares it.
 *
 * @param value 1 or more for an event; 0 only as {@link #NONE}
 */
public record EventVersion(long value) implements Comparable<EventVersion> {

    /** The version of a stream that has no events yet. */
    public static final EventVersion NONE = new EventVersion(0);

    /**
     * Checks the value.
     *
     * @throws IllegalArgumentException if the value is negative
     */
    public EventVersion {
        if (value < 0) {
            throw new IllegalArgumentException("a version is 0 or more, not " + value);
        }
    }

    /** Returns the version with this value; 0 is {@link #NONE}. */
    public static EventVersion of(long value) {
        return value == 0 ? NONE : new EventVersion(value);
    }

    /** Returns the version of a stream's first event, 1. */
    public static EventVersion first() {
        return new EventVersion(1);
    }

    /** Returns the version after this one. */
    public EventVersion next() {
        return new EventVersion(Math.addExact(value, 1));
    }

    @Override
    public int compareTo(EventVersion other) {
        return Long.compare(value, other.value);
    }

    /** Returns the bare number. */
    @Override
    public String toString() {
        return Long.toString(value);
    }
}
