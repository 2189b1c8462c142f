package io.nexus.eventstream.core.proof;

import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.Operation;
import io.nexus.eventstream.spi.ProofStorage;
import io.nexus.eventstream.spi.ProvingEventStore;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Rows and seals for a class of this package and, if the store is guarded, the guard that is asked before each use. Nobody else can make
 * one, so what is handed out for it gets no further than what that class shows.
 */
public final class ProofGate {

    private final ProofStorage proofs;
    private final @Nullable GuardedProofStorage guard;

    ProofGate(ProvingEventStore store) {
        ProofStorage given = store.proofs();
        guard = given instanceof GuardedProofStorage guarded ? guarded : null;
        proofs = guard == null ? given : guard.behind(this);
    }

    /** Returns the rows and seals themselves. */
    ProofStorage proofs() {
        return proofs;
    }

    /** Does work that shows no event to its caller. */
    <T> T call(TenantId tenant, Operation operation, String name, Supplier<T> work) {
        return call(tenant, operation, name, work, result -> 0);
    }

    /** Does work that shows events to its caller or brings them in, so many from the first on. */
    <T> T call(TenantId tenant, Operation operation, String name, Supplier<T> work, ToLongFunction<T> events) {
        return guard == null ? work.get() : guard.call(tenant, operation, name, work, events);
    }

    /** Returns whether the caller may see links, by which a short content could be guessed by trying. */
    boolean showsLinks(TenantId tenant) {
        return guard == null || guard.showsLinks(tenant);
    }
}
