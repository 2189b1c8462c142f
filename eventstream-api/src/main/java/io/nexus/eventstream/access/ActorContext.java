package io.nexus.eventstream.access;

import java.util.Objects;

/**
 * Says who makes the present call. A host implements it over its own security context; it is asked at each call, in
 * the caller's thread.
 */
@FunctionalInterface
public interface ActorContext {

    /**
     * Returns who calls, {@link Actor#nobody()} where nobody has signed in.
     *
     * @throws IllegalStateException if it cannot be told; the call then fails, and the audit names {@code nobody}
     */
    Actor current();

    /** Returns a context that always answers with this actor. */
    static ActorContext fixed(Actor actor) {
        Objects.requireNonNull(actor, "actor");
        return () -> actor;
    }
}
