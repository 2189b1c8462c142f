package io.nexus.eventstream;

/**
 * Names one aggregate inside its category: an account number, an SKU, an invoice number. It is not a place for personal
 * data, since ids are never erased.
 *
 * @param value not blank, at most {@value #MAX_LENGTH} Unicode characters, without NUL and lone surrogates; compared
 *     exactly, case included
 */
public record AggregateId(String value) {

    /** The largest number of Unicode characters of an aggregate id. */
    public static final int MAX_LENGTH = 255;

    /**
     * Checks the value.
     *
     * @throws IllegalArgumentException if the value is blank, too long, or holds a character that cannot be stored
     */
    public AggregateId {
        TextRules.requireName(value, "aggregate id", MAX_LENGTH);
    }

    /**
     * Returns the aggregate id with this value.
     *
     * @throws IllegalArgumentException if the value is blank, too long, or holds a character that cannot be stored
     */
    public static AggregateId of(String value) {
        return new AggregateId(value);
    }

    /** Returns the bare value. */
    @Override
    public String toString() {
        return value;
    }
}
