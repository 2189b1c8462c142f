package io.nexus.eventstream.jdbc.schema;

import java.util.Objects;

/**
 * The name of the database schema that holds the event log. It is put into SQL text, so only plain lower-case names are
 * accepted, which mean the same with and without quotes.
 *
 * @param value 1 to 63 of {@code a-z}, {@code 0-9} and {@code _}, not beginning with a digit or with {@code pg_}, and none of
 *     the words that SQL keeps for itself, as {@code order} or {@code user}
 */
public record SchemaName(String value) {

    /** The schema that is used when none is named: {@code eventstream}. */
    public static final SchemaName DEFAULT = new SchemaName("eventstream");

    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException if it is not a plain lower-case name, or a word of SQL
     */
    public SchemaName {
        Objects.requireNonNull(value, "schema name");
        PlainName.require(value, "the schema of the event log", "_log");
    }

    /** Returns the schema of this name. */
    public static SchemaName of(String value) {
        return new SchemaName(value);
    }

    /** Returns the bare name. */
    @Override
    public String toString() {
        return value;
    }
}
