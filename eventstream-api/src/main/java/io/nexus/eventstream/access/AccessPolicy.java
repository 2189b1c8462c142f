package io.nexus.eventstream.access;

import java.util.Optional;

/**
 * Decides who may do what. It is asked before each call, in the caller's thread, so it must be quick and must not call what it
 * guards. {@code RolePolicy} of the core decides by roles; a host may ask its own rules.
 *
 * <p>Implementations are thread-safe. If one throws, the call fails and nothing is done.
 */
@FunctionalInterface
public interface AccessPolicy {

    /**
     * Returns why a request is refused, for people to read; empty if it is allowed.
     *
     * <p>A request without a category is one for every category, one without a tenant for all tenants: allow it only to who
     * may do it with each of them. Who is allowed {@link Operation#READ_PAYLOAD} should be allowed {@link Operation#READ} too.
     */
    Optional<String> refusal(AccessRequest request);

    /** Returns a policy that allows everything, for a log that is audited only. */
    static AccessPolicy allowAll() {
        return request -> Optional.empty();
    }
}
