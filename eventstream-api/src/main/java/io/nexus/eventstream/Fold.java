package io.nexus.eventstream;

import io.nexus.eventstream.access.WithheldPayload;
import java.util.Objects;
import java.util.function.BiFunction;

/**
 * A pure function from events to a state: the balance of an account from its debits and credits. The same fold gives the
 * present state, the state as of any moment, and the content of snapshots. It must not read a clock, a database or
 * anything else but its arguments, and must not change the state that it is given.
 *
 * @param <S> the state, immutable
 */
public interface Fold<S> {

    /** Returns the state of a stream without events. */
    S initialState();

    /** Returns the state after one more event. */
    S evolve(S state, RecordedEvent event);

    /**
     * Returns the same fold with what snapshots of its states need: a name, the version of the state's shape and meaning, and
     * the state's class.
     *
     * @param name unique among the folds over the same streams; it is stored
     * @param schemaVersion 1 or more; raise it when states that were kept must not be used any more
     * @param stateClass what the JSON of a state is read into
     * @throws IllegalArgumentException if the name is blank, too long or holds what cannot be stored, or the version is below 1
     */
    default NamedFold<S> named(String name, int schemaVersion, Class<S> stateClass) {
        return new NamedFold<>(this, name, schemaVersion, stateClass);
    }

    /**
     * Returns a fold over the events of one sealed interface or class.
     *
     * @param initialState the state of a stream without events
     * @param eventClass what all events of the stream are
     * @param evolve the state after one more event
     * @param <S> the state
     * @param <E> the common type of the events
     * @return a fold that fails with {@link EventSerializationException} on an event of another class, and with {@link
     *     io.nexus.eventstream.access.AccessDeniedException} on one whose payload is withheld, since leaving it out would give a
     *     wrong state
     */
    static <S, E> Fold<S> of(S initialState, Class<E> eventClass, BiFunction<S, E, S> evolve) {
        Objects.requireNonNull(initialState, "initialState");
        Objects.requireNonNull(eventClass, "eventClass");
        Objects.requireNonNull(evolve, "evolve");
        return new Fold<>() {
            @Override
            public S initialState() {
                return initialState;
            }

            @Override
            public S evolve(S state, RecordedEvent event) {
                Object payload = event.payload();
                if (payload instanceof WithheldPayload withheld) {
                    throw withheld.refusal();
                }
                if (!eventClass.isInstance(payload)) {
                    throw new EventSerializationException(
                            event.type().name(),
                            "a fold over %s met %s, which is a %s: fold over a type that all events of the stream share"
                                    .formatted(
                                            eventClass.getName(),
                                            event.stored(),
                                            payload.getClass().getName()));
                }
                return evolve.apply(state, eventClass.cast(payload));
            }
        };
    }
}
