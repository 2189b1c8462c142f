package io.nexus.eventstream.core;

import io.nexus.eventstream.access.AccessPolicy;
import io.nexus.eventstream.access.SinkFailure;
import io.nexus.eventstream.core.access.RolePolicy;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Who may do what, and where it is recorded, as a configuration says it.
 *
 * @param roles the rights of each role, written as {@link RolePolicy} has them; without any, nobody is refused anything
 * @param sinks where calls are recorded; nowhere if empty
 * @param onFailure what a failing sink means
 */
public record AccessSettings(Map<String, Set<String>> roles, List<Sink> sinks, SinkFailure onFailure) {

    /** A place where calls are recorded. */
    public enum Sink {
        /** The log of the application. */
        LOG,
        /** A table beside the events, on the {@code DataSource} of the store. */
        DATABASE
    }

    /**
     * Copies the collections.
     *
     * @throws IllegalArgumentException if a role or a right is not written as one
     */
    public AccessSettings {
        Map<String, Set<String>> copy = new TreeMap<>();
        roles.forEach((name, rights) -> copy.put(name, Set.copyOf(rights)));
        roles = Map.copyOf(copy);
        sinks = sinks.stream().distinct().sorted(Comparator.naturalOrder()).toList();
        Objects.requireNonNull(onFailure, "onFailure");
        policy(roles);
    }

    /** Returns neither roles nor an audit. */
    public static AccessSettings none() {
        return new AccessSettings(Map.of(), List.of(), SinkFailure.FAIL_CLOSED);
    }

    /** Returns whether there are neither roles nor an audit. */
    public boolean isEmpty() {
        return roles.isEmpty() && sinks.isEmpty();
    }

    /** Returns the policy that the roles make, if there are any. */
    public Optional<AccessPolicy> policy() {
        return roles.isEmpty() ? Optional.empty() : Optional.of(policy(roles));
    }

    /** Returns the same with these rights of a role in place of those that it had. */
    public AccessSettings withRole(String name, Set<String> rights) {
        Map<String, Set<String>> changed = new TreeMap<>(roles);
        changed.put(name, rights);
        return new AccessSettings(changed, sinks, onFailure);
    }

    /** Returns the same with these sinks. */
    public AccessSettings withSinks(List<Sink> places) {
        return new AccessSettings(roles, places, onFailure);
    }

    /** Returns the same with another meaning of a failing sink. */
    public AccessSettings withOnFailure(SinkFailure meaning) {
        return new AccessSettings(roles, sinks, meaning);
    }

    static Sink sink(String word) {
        return ofWord(Sink.values(), word);
    }

    static SinkFailure sinkFailure(String word) {
        return ofWord(SinkFailure.values(), word);
    }

    private static <E extends Enum<E>> E ofWord(E[] values, String word) {
        return Arrays.stream(values)
                .filter(each -> each.name().equals(word.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("\"%s\" is none of %s"
                        .formatted(
                                word,
                                Arrays.stream(values)
                                        .map(each -> each.name().toLowerCase(Locale.ROOT))
                                        .collect(Collectors.joining(", ")))));
    }

    private static RolePolicy policy(Map<String, Set<String>> roles) {
        RolePolicy.Builder policy = RolePolicy.builder();
        roles.forEach(policy::role);
        return policy.build();
    }
}
