package io.nexus.eventstream.core.access;

import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.AccessPolicy;
import io.nexus.eventstream.access.AccessRequest;
import io.nexus.eventstream.access.Actor;
import io.nexus.eventstream.access.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A policy by roles: who has a role has its rights, who has none may do nothing.
 *
 * <pre>{@code
 * RolePolicy.builder()
 *         .role("clerk", "append:account", "read_payload:account")
 *         .role("controller", "read:*", "rebuild")
 *         .role("auditor", "read_payload:*@acme", "verify@acme")
 *         .build();
 * }</pre>
 *
 * <p>A right is an operation; {@code append}, {@code read} and {@code read_payload} are followed by a colon and a category or {@code
 * *} for every category, and {@code read_payload} includes {@code read}. What follows the first {@code @} is the one tenant that a right is
 * limited to, so a tenant's id may have an {@code @} in it, and a category that has one is covered by {@code *} only.
 * A request for every category, or for all tenants, is allowed only by a right for every category, or one that names no tenant.
 *
 * <p>Immutable.
 */
public final class RolePolicy implements AccessPolicy {

    private final Map<String, List<Right>> roles;

    private RolePolicy(Map<String, List<Right>> roles) {
        this.roles = Map.copyOf(roles);
    }

    /** Returns a builder of a policy without roles, by which nobody may do anything. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public Optional<String> refusal(AccessRequest request) {
        boolean allowed = request.actor().roles().stream()
                .flatMap(role -> roles.getOrDefault(role, List.of()).stream())
                .anyMatch(right -> right.covers(request));
        if (allowed) {
            return Optional.empty();
        }
        TreeSet<String> own = new TreeSet<>(request.actor().roles());
        return Optional.of(own.isEmpty() ? "there is no role" : "none of the roles %s gives it".formatted(own));
    }

    /** Sets up a {@link RolePolicy}. Not thread-safe. */
    public static final class Builder {

        private final Map<String, List<Right>> roles = new TreeMap<>();

        private Builder() {}

        /**
         * Gives rights to a role, besides those that it has.
         *
         * @throws IllegalArgumentException if the role's name cannot be used, or a right is not written as one
         */
        public Builder role(String name, String... rights) {
            return role(name, Arrays.asList(rights));
        }

        /**
         * Gives rights to a role, besides those that it has.
         *
         * @throws IllegalArgumentException if the role's name cannot be used, or a right is not written as one
         */
        public Builder role(String name, Collection<String> rights) {
            // What no actor can have is a slip.
            Actor.of("anybody", name);
            List<Right> parsed = rights.stream().map(Right::of).toList();
            roles.computeIfAbsent(name, each -> new ArrayList<>()).addAll(parsed);
            return this;
        }

        /** Returns the policy. */
        public RolePolicy build() {
            Map<String, List<Right>> copy = new TreeMap<>();
            roles.forEach((name, rights) -> copy.put(name, List.copyOf(rights)));
            return new RolePolicy(copy);
        }
    }

    /**
     * One right of a role.
     *
     * @param category empty for every category
     * @param tenant empty for all tenants
     */
    private record Right(Operation operation, Optional<String> category, Optional<String> tenant) {

        static Right of(String text) {
            // A category with an @ cannot be named, a tenant can.
            int at = text.indexOf('@');
            Optional<String> tenant = at < 0 ? Optional.empty() : Optional.of(text.substring(at + 1));
            String rest = at < 0 ? text : text.substring(0, at);
            int colon = rest.indexOf(':');
            String word = colon < 0 ? rest : rest.substring(0, colon);
            Operation operation = Arrays.stream(Operation.values())
                    .filter(each -> each.word().equals(word))
                    .findFirst()
                    .orElseThrow(() -> wrong(
                            text,
                            "there is no operation \"%s\", there are %s"
                                    .formatted(
                                            word,
                                            Arrays.stream(Operation.values())
                                                    .map(Operation::word)
                                                    .toList())));
            boolean byCategory =
                    operation == Operation.APPEND || operation == Operation.READ || operation == Operation.READ_PAYLOAD;
            if (byCategory && (colon < 0 || rest.substring(colon + 1).isBlank())) {
                throw wrong(text, "a category is missing, write %s:account, or %s:* for all".formatted(word, word));
            }
            if (!byCategory && colon >= 0) {
                throw wrong(text, "%s is a right for every category, write it without one".formatted(word));
            }
            if (tenant.isPresent() && tenant.get().isBlank()) {
                throw wrong(text, "a tenant is missing after @, leave both out for all tenants");
            }
            Optional<String> category = byCategory ? Optional.of(rest.substring(colon + 1)) : Optional.empty();
            try {
                // What no tenant and no category can be is a slip.
                tenant.ifPresent(TenantId::of);
                category.ifPresent(name -> StreamId.of(name, "1"));
            } catch (IllegalArgumentException e) {
                throw wrong(text, String.valueOf(e.getMessage()));
            }
            return new Right(operation, category.filter(name -> !name.equals("*")), tenant);
        }

        private static IllegalArgumentException wrong(String text, String what) {
            return new IllegalArgumentException("\"%s\" is not a right: %s".formatted(text, what));
        }

        boolean covers(AccessRequest request) {
            boolean sameOperation = operation == request.operation()
                    || (operation == Operation.READ_PAYLOAD && request.operation() == Operation.READ);
            return sameOperation
                    && (category.isEmpty() || category.equals(request.category()))
                    && (tenant.isEmpty() || tenant.equals(request.tenant().map(each -> each.value())));
        }
    }
}
