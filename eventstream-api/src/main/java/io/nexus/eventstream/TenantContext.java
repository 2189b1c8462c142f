package io.nexus.eventstream;

import java.util.Objects;

/**
 * Says whose log the present call is about. A host with many tenants implements it over its own request or security
 * context; it is asked once per call, in the caller's thread.
 */
@FunctionalInterface
public interface TenantContext {

    /**
     * Returns the present tenant.
     *
     * @throws IllegalStateException if there is none; never answer with a default in its place
     */
    TenantId current();

    /** Returns a context that always answers with this tenant. */
    static TenantContext fixed(TenantId tenant) {
        Objects.requireNonNull(tenant, "tenant");
        return () -> tenant;
    }
}
