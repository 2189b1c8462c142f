package io.nexus.eventstream;

/**
 * What kind of fact an event is and in which shape it was written: a registered, stable name and a schema version. Never
 * a Java class name, so that classes can be renamed and moved.
 *
 * @param name not blank, at most {@value #MAX_LENGTH} Unicode characters, for example {@code account-debited}
 * @param schemaVersion the version of the payload's shape, 1 or more
 */
public record EventType(String name, int schemaVersion) {

    /** The largest number of Unicode characters of an event type's name. */
    public static final int MAX_LENGTH = 128;

    /**
     * Checks name and version.
     *
     * @throws IllegalArgumentException if the name is blank, too long or cannot be stored, or the version is below 1
     */
    public EventType {
        TextRules.requireName(name, "event type", MAX_LENGTH);
        if (schemaVersion < 1) {
            throw new IllegalArgumentException(
                    "schema version of event type %s is %d, the first is 1".formatted(name, schemaVersion));
        }
    }

    /** Returns the type of this name and schema version. */
    public static EventType of(String name, int schemaVersion) {
        return new EventType(name, schemaVersion);
    }

    /** Returns name and schema version, for example {@code account-debited v2}. */
    @Override
    public String toString() {
        return name + " v" + schemaVersion;
    }
}
