package io.nexus.eventstream.access;

import io.nexus.eventstream.TenantId;
import java.util.Objects;
import java.util.Optional;

/**
 * What a policy is asked: may this actor do this.
 *
 * @param actor who calls
 * @param tenant whose log; empty if the call concerns all tenants, as starting an engine does
 * @param operation what is to be done
 * @param category to streams of which category; empty if the call concerns every category. A call that concerns several asks for
 *     each
 * @param call the name of the method, for messages and the audit
 */
public record AccessRequest(
        Actor actor, Optional<TenantId> tenant, Operation operation, Optional<String> category, String call) {

    /** Checks that nothing is missing. */
    public AccessRequest {
        Objects.requireNonNull(actor, "actor");
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(operation, "operation");
        Objects.requireNonNull(category, "category");
        Objects.requireNonNull(call, "call");
    }
}
