package io.nexus.eventstream.core.access;

import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.Operation;
import io.nexus.eventstream.core.proof.GuardedProofStorage;
import io.nexus.eventstream.core.proof.ProofGate;
import io.nexus.eventstream.proof.Seal;
import io.nexus.eventstream.spi.LogRow;
import io.nexus.eventstream.spi.ProofStorage;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** Rows and seals that are asked for before each use. A row is what an event says; that a log is intact says nothing of it. */
final class GuardedProofs implements GuardedProofStorage {

    private final AccessGuard guard;
    private final ProofStorage delegate;

    GuardedProofs(AccessGuard guard, ProofStorage delegate) {
        this.guard = guard;
        this.delegate = delegate;
    }

    @Override
    public ProofStorage behind(ProofGate gate) {
        Objects.requireNonNull(gate, "gate");
        return delegate;
    }

    @Override
    public <T> T call(TenantId tenant, Operation operation, String name, Supplier<T> work, ToLongFunction<T> events) {
        GuardedCall call = guarded(tenant, operation, name);
        // What an export says is out before it ends.
        return (operation == Operation.READ_PAYLOAD ? call.showingMeanwhile() : call)
                .run(work, result -> shown(operation, events.applyAsLong(result)));
    }

    @Override
    public boolean showsLinks(TenantId tenant) {
        return guard.allows(tenant, Operation.READ_PAYLOAD);
    }

    private static GuardedCall.Effect shown(Operation operation, long events) {
        return events == 0
                ? GuardedCall.Effect.none(operation)
                : new GuardedCall.Effect(operation, events, Position.of(1), Position.of(events));
    }

    @Override
    public Optional<LogRow> newest(TenantId tenant) {
        return guarded(tenant, Operation.READ_PAYLOAD, "proofs.newest").run(() -> delegate.newest(tenant));
    }

    @Override
    public List<LogRow> rows(TenantId tenant, long after, long upTo, int limit) {
        return guarded(tenant, Operation.READ_PAYLOAD, "proofs.rows")
                .run(() -> delegate.rows(tenant, after, upTo, limit), GuardedProofs::shown);
    }

    /** Counts them; a row that somebody has put there may stand where no event can. */
    private static GuardedCall.Effect shown(List<LogRow> rows) {
        return new GuardedCall.Effect(Operation.READ_PAYLOAD, rows.size(), null, null);
    }

    @Override
    public List<Seal> seals(TenantId tenant, Position after, int limit) {
        return guarded(tenant, Operation.VERIFY, "proofs.seals").run(() -> delegate.seals(tenant, after, limit));
    }

    @Override
    public Optional<Seal> newestSeal(TenantId tenant) {
        return guarded(tenant, Operation.VERIFY, "proofs.newestSeal").run(() -> delegate.newestSeal(tenant));
    }

    @Override
    public boolean addSeal(Seal seal) {
        return guarded(seal.tenant(), Operation.ADMINISTER, "proofs.addSeal").run(() -> delegate.addSeal(seal));
    }

    @Override
    public void importLog(TenantId tenant, Consumer<ImportedLog> work) {
        guarded(tenant, Operation.ADMINISTER, "proofs.importLog").run(() -> delegate.importLog(tenant, work));
    }

    /** Returns a call that needs its right for every category, and to be told what all events say the one to verify them too. */
    private GuardedCall guarded(TenantId tenant, Operation operation, String name) {
        GuardedCall call = guard.guarded(tenant, operation, name).onEverything();
        return operation == Operation.READ_PAYLOAD ? call.needing(Operation.VERIFY, Set.of()) : call;
    }
}
