package io.nexus.eventstream.core.proof;

import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.Operation;
import io.nexus.eventstream.spi.ProofStorage;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * Proofs of a guarded store. What the classes of this package do, verify, seal, export and import, is one call each, asked for and
 * recorded by its name; whoever takes rows himself is asked for the right to read them.
 */
public interface GuardedProofStorage extends ProofStorage {

    /** Returns the proofs behind the guard to a class of this package, which asks with {@link #call} before it uses them. */
    ProofStorage behind(ProofGate gate);

    /**
     * Does the work if the present actor may.
     *
     * @param events how many events, from the first position on, the result has shown or brought in
     * @throws io.nexus.eventstream.access.AccessDeniedException if he may not
     */
    <T> T call(TenantId tenant, Operation operation, String name, Supplier<T> work, ToLongFunction<T> events);

    /** Returns whether the present actor may see everything that a tenant's events say, and so their links. */
    boolean showsLinks(TenantId tenant);
}
