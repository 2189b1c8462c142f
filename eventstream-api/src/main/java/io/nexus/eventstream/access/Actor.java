package io.nexus.eventstream.access;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;

/**
 * Who makes a call: a person, a service, a job.
 *
 * @param id what the audit names it by; not blank, at most {@value #MAX_LENGTH} characters, without NUL and lone surrogates.
 *     It is kept for ever, so let it be an account's number rather than a person's name
 * @param roles what it acts as, in the words of the {@link AccessPolicy}; at most {@value #MAX_ROLES}, each as long as an id at
 *     most
 */
public record Actor(String id, Set<String> roles) {

    /** The largest number of characters of an id and of a role. */
    public static final int MAX_LENGTH = 128;

    /** The largest number of roles of one actor. */
    public static final int MAX_ROLES = 100;

    private static final Actor NOBODY = new Actor("nobody", Set.of());

    /**
     * Checks the texts and copies the roles.
     *
     * @throws IllegalArgumentException if the id or a role is blank, too long, or holds a character that cannot be stored, or there
     *     are too many roles
     */
    public Actor {
        requireName(id, "actor id");
        roles = Set.copyOf(roles);
        if (roles.size() > MAX_ROLES) {
            throw new IllegalArgumentException(
                    "an actor has at most %d roles, not %d".formatted(MAX_ROLES, roles.size()));
        }
        roles.forEach(role -> requireName(role, "role"));
    }

    /** Returns an actor with these roles. */
    public static Actor of(String id, String... roles) {
        return new Actor(id, Set.of(roles));
    }

    /** Returns who calls where nobody has said who he is: it has no role, and the audit names it {@code nobody}. */
    public static Actor nobody() {
        return NOBODY;
    }

    private static void requireName(String text, String what) {
        Objects.requireNonNull(text, what);
        int length = text.codePointCount(0, text.length());
        if (text.isBlank() || length > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "%s must have 1 to %d characters and not be blank, it has %d".formatted(what, MAX_LENGTH, length));
        }
        if (text.indexOf(0) >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new IllegalArgumentException(what + " must not contain NUL or half of a surrogate pair");
        }
    }

    /** Returns the bare id. */
    @Override
    public String toString() {
        return id;
    }
}
