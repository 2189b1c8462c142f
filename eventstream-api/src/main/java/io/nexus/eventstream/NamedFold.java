package io.nexus.eventstream;

import java.util.Objects;

/**
 * A fold whose states may be kept as snapshots: it has a name to find them by, and says which class the JSON of a state is
 * read into. Made by {@link Fold#named}.
 *
 * <pre>{@code
 * Fold.of(Balance.ZERO, AccountEvent.class, Balance::after).named("balance", 1, Balance.class)
 * }</pre>
 *
 * <p><strong>Raise the schema version</strong> whenever old states must not be used any more: when the state's class changes
 * its shape, when {@code evolve} computes something else, and when an upcaster changes what the events mean. Snapshots of
 * other versions are passed over. Thread-safe if the fold is.
 *
 * @param <S> the state, immutable, readable and writable as JSON: a record of values, as events are
 */
public final class NamedFold<S> implements Fold<S> {

    /** The longest name of a fold, in characters. */
    public static final int MAX_NAME_LENGTH = 100;

    private final Fold<S> fold;
    private final String name;
    private final int schemaVersion;
    private final Class<S> stateClass;

    NamedFold(Fold<S> fold, String name, int schemaVersion, Class<S> stateClass) {
        this.fold = Objects.requireNonNull(fold, "fold");
        TextRules.requireName(name, "fold name", MAX_NAME_LENGTH);
        this.name = name;
        this.schemaVersion = schemaVersion;
        this.stateClass = Objects.requireNonNull(stateClass, "stateClass");
        if (schemaVersion < 1) {
            throw new IllegalArgumentException(
                    "the schema version of fold %s is %d, it must be 1 or more".formatted(name, schemaVersion));
        }
    }

    /** Returns the name under which snapshots of this fold are kept. */
    public String name() {
        return name;
    }

    /** Returns the version of the state's shape and meaning, 1 or more. */
    public int schemaVersion() {
        return schemaVersion;
    }

    /** Returns the class of the state. */
    public Class<S> stateClass() {
        return stateClass;
    }

    @Override
    public S initialState() {
        return fold.initialState();
    }

    @Override
    public S evolve(S state, RecordedEvent event) {
        return fold.evolve(state, event);
    }

    /** Returns name and schema version. */
    @Override
    public String toString() {
        return name + " v" + schemaVersion;
    }
}
