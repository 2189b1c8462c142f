package io.nexus.eventstream;

/**
 * Names the owner of a log: a company, a legal entity, a customer of a shared installation. It is the first part of
 * every key in the database, and no call crosses from one tenant to another.
 *
 * @param value not blank, at most {@value #MAX_LENGTH} Unicode characters, without NUL and lone surrogates; compared
 *     exactly, case included
 */
public record TenantId(String value) {

    /** The largest number of Unicode characters of a tenant id. */
    public static final int MAX_LENGTH = 128;

    /**
     * Checks the value.
     *
     * @throws IllegalArgumentException if the value is blank, too long, or holds a character that cannot be stored
     */
    public TenantId {
        TextRules.requireName(value, "tenant id", MAX_LENGTH);
    }

    /**
     * Returns the tenant id with this value.
     *
     * @throws IllegalArgumentException if the value is blank, too long, or holds a character that cannot be stored
     */
    public static TenantId of(String value) {
        return new TenantId(value);
    }

    /** Returns the bare value. */
    @Override
    public String toString() {
        return value;
    }
}
