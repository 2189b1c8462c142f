package io.nexus.eventstream.jdbc.schema;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The name of the database schema that holds the event log. It is put into SQL text, so only plain lower-case names are
 * accepted, which mean the same with and without quotes.
 *
 * @param value 1 to 63 of {@code a-z}, {@code 0-9} and {@code _}, not beginning with a digit or with {@code pg_}
 */
public record SchemaName(String value) {

    // Before DEFAULT, whose constructor uses it.
    private static final Pattern PLAIN = Pattern.compile("(?!pg_)[a-z_][a-z0-9_]{0,62}");

    /** The schema that is used when none is named: {@code eventstream}. */
    public static final SchemaName DEFAULT = new SchemaName("eventstream");

    /**
     * Checks the name.
     *
     * @throws IllegalArgumentException if it is not a plain lower-case name
     */
    public SchemaName {
        Objects.requireNonNull(value, "schema name");
        if (!PLAIN.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "\"%s\" cannot be the schema of the event log: use 1 to 63 of a-z, 0-9 and _, not beginning with a digit or pg_"
                            .formatted(value));
        }
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
