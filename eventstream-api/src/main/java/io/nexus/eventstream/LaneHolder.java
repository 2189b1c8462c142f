package io.nexus.eventstream;

import java.time.Duration;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * The transaction that holds a tenant's lane, as far as the database tells.
 *
 * @param pid its server process, empty for a prepared transaction, which has none
 * @param name the application name or, for a prepared transaction, its global identifier
 * @param age how long its transaction has been open, zero where the database hides it
 * @param state what it is doing: {@code active}, {@code idle in transaction}, {@code prepared} …
 * @param query its present or last statement, or what to grant where the database hides it
 */
public record LaneHolder(OptionalInt pid, String name, Duration age, String state, String query) {

    /** Checks that nothing is missing. */
    public LaneHolder {
        Objects.requireNonNull(pid, "pid");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(age, "age");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(query, "query");
    }

    /** Returns all of it in one line. */
    @Override
    public String toString() {
        String who =
                pid.isPresent() ? "process %d (%s)".formatted(pid.getAsInt(), name) : "prepared transaction " + name;
        return "%s, %s for %d s, last statement: %s".formatted(who, state, age.toSeconds(), query);
    }
}
