package io.nexus.eventstream.core.proof;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.Operation;
import io.nexus.eventstream.proof.Seal;
import io.nexus.eventstream.proof.SealKeys;
import io.nexus.eventstream.proof.Tampering;
import io.nexus.eventstream.proof.Tampering.Kind;
import io.nexus.eventstream.proof.VerificationListener;
import io.nexus.eventstream.proof.VerificationReport;
import io.nexus.eventstream.spi.LogRow;
import io.nexus.eventstream.spi.ProofStorage;
import io.nexus.eventstream.spi.ProvingEventStore;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Verifies logs: recomputes every link from the stored bytes and names the first event that was changed, dropped, inserted or moved.
 *
 * <pre>{@code
 * VerificationReport report = LogVerifier.of(store).verify(acme);
 * }</pre>
 *
 * <p>What it finds is the result and no exception. It reads pages of rows and holds two of them at most, whatever the length of the log. Appends
 * may go on meanwhile; a log is verified up to where it ended when the verification began.
 *
 * <h2>What a chain alone does not show</h2>
 *
 * <p>Somebody with all rights in the database can compute the chain anew after a change, and can remove the newest events. Both are found by
 * comparing with seals that were kept elsewhere: {@link #verify(TenantId, Collection)}. Seals that are stored beside the events are compared too if
 * there are {@link Builder#keys}; they show a chain that was rewritten as long as the key is safe, but not that the newest events
 * and their seals were removed together.
 *
 * <p>Thread-safe. Methods block until they are done.
 */
public final class LogVerifier {

    private final ProofGate gate;
    private final ProofStorage storage;
    private final @Nullable SealKeys keys;
    private final VerificationListener listener;
    private final int pageSize;
    private final @Nullable Executor readAhead;

    private LogVerifier(Builder builder) {
        gate = builder.gate;
        storage = gate.proofs();
        keys = builder.keys;
        listener = builder.listener;
        pageSize = builder.pageSize;
        readAhead = builder.readAhead;
    }

    /** Returns a verifier of the logs of a store, chains only. */
    public static LogVerifier of(ProvingEventStore store) {
        return builder(store).build();
    }

    /** Returns a builder of a verifier of the logs of a store. */
    public static Builder builder(ProvingEventStore store) {
        return new Builder(new ProofGate(store));
    }

    /** Verifies a tenant's whole log, and its stored seals if there are keys. */
    public VerificationReport verify(TenantId tenant) {
        return asked(tenant, () -> {
            // Seals that are made from now on cover events that are not looked at.
            Position sealed = storage.newestSeal(tenant).map(Seal::to).orElse(Position.START);
            return verify(tenant, Position.of(1), null, stored(tenant, Position.START, sealed));
        });
    }

    /**
     * Verifies a stretch of a tenant's log, and its stored seals as far as they end in it if there are keys. The link that is stored before the stretch is taken for
     * right.
     *
     * @param from the first position
     * @param to the last one; if the log ends before it, events have been dropped
     * @throws IllegalArgumentException if {@code from} is no position of an event or after {@code to}
     */
    public VerificationReport verify(TenantId tenant, Position from, Position to) {
        if (from.value() < 1 || to.isBefore(from)) {
            throw new IllegalArgumentException("nothing stands at positions %s to %s".formatted(from, to));
        }
        return asked(tenant, () -> verify(tenant, from, to, stored(tenant, Position.of(from.value() - 1), to)));
    }

    /**
     * Verifies a tenant's whole log against seals that were kept elsewhere. The log must be the one that was sealed and reach as far as they do.
     *
     * @param seals of this tenant, in any order, without gaps between them; the first may be a later one than the tenant's first, and
     *     one that is there twice counts once
     * @throws IllegalStateException if the verifier has no keys
     */
    public VerificationReport verify(TenantId tenant, Collection<Seal> seals) {
        if (keys == null) {
            throw new IllegalStateException("seals are verified with public keys: give them to the builder");
        }
        Iterator<Seal> sorted = seals.stream()
                .distinct()
                .sorted(Comparator.comparing(Seal::from))
                .iterator();
        return asked(tenant, () -> verify(tenant, Position.of(1), null, sorted));
    }

    /** Asks a guard, if there is one, and withholds what the hash could tell about an event from whoever may not read it. */
    private VerificationReport asked(TenantId tenant, Supplier<VerificationReport> work) {
        VerificationReport report = gate.call(tenant, Operation.VERIFY, "verify", work);
        return gate.showsLinks(tenant) ? report : report.withoutLink();
    }

    /** Verifies the newest of the stored seals, if there is one, and what has been recorded since, for whoever has been asked already. */
    VerificationReport verifyUnsealed(TenantId tenant, Optional<Seal> newest, Position head) {
        if (newest.isEmpty()) {
            return verify(tenant, Position.of(1), head, Collections.emptyIterator());
        }
        Seal seal = newest.get();
        Position from = seal.to().next();
        Tampering found = wrong(seal, head);
        if (found != null) {
            Position nothing = Position.of(found.position().value() - 1);
            return new VerificationReport(
                    tenant, from, nothing, EventHash.NONE, Position.START, false, Optional.of(found));
        }
        SealCheck none = new SealCheck(tenant, null, Collections.emptyIterator(), from);
        return walk(tenant, from, head, head, seal.link(), none);
    }

    private @Nullable Tampering wrong(Seal seal, Position head) {
        Tampering forged = new SealChain(seal.tenant(), keys).accept(seal);
        if (forged != null) {
            return forged;
        }
        if (head.isBefore(seal.to())) {
            return new Tampering(Kind.DROPPED, head.next(), "the log ends here, and there is a %s".formatted(seal));
        }
        return before(seal.tenant(), seal.to().next()).equals(Optional.of(seal.link()))
                ? null
                : new Tampering(Kind.REWRITTEN, seal.from(), "the chain is not what the %s says".formatted(seal));
    }

    private VerificationReport verify(TenantId tenant, Position from, @Nullable Position to, Iterator<Seal> seals) {
        Objects.requireNonNull(tenant, "tenant");
        // The head before everything else: what is appended from now on is not looked at.
        long newest = storage.newest(tenant).map(LogRow::position).orElse(0L);
        Position head = Position.of(Math.max(0, newest));
        SealCheck check = new SealCheck(tenant, keys, seals, from);
        Optional<EventHash> before = before(tenant, from);
        if (before.isEmpty()) {
            Position missing = Position.of(from.value() - 1);
            Tampering dropped = new Tampering(Kind.DROPPED, missing, "there is no event to begin with");
            return new VerificationReport(
                    tenant,
                    from,
                    Position.of(from.value() - 2),
                    EventHash.NONE,
                    Position.START,
                    false,
                    Optional.of(dropped));
        }
        return walk(tenant, from, to == null ? head : to, head, before.get(), check);
    }

    /** Returns the link that is stored before a position, empty if there is none. */
    private Optional<EventHash> before(TenantId tenant, Position from) {
        if (from.value() == 1) {
            return Optional.of(EventHash.NONE);
        }
        return storage.rows(tenant, from.value() - 2, from.value() - 1, 1).stream()
                .map(LogRow::hash)
                .filter(hash -> hash.length == EventHash.LENGTH)
                .findFirst()
                .map(EventHash::of);
    }

    private VerificationReport walk(
            TenantId tenant, Position from, Position to, Position head, EventHash before, SealCheck seals) {
        ChainCheck chain = new ChainCheck(tenant, from, before.bytes());
        Tampering found = seals.begin(before.bytes());
        // Rows below the first position belong to no log; a whole log is read from where they would stand.
        long after = from.value() == 1 ? Long.MIN_VALUE : from.value() - 1;
        LogPages pages = new LogPages(storage, tenant, after, to.value(), pageSize, readAhead);
        while (found == null && pages.hasNext()) {
            List<LogRow> page = pages.next();
            found = accepted(page, chain, seals);
            listener.reached(tenant, chain.verified(), to);
        }
        if (found == null) {
            found = chain.end(to);
        }
        if (found == null) {
            found = seals.end(chain.verified());
        }
        return report(tenant, from, head, chain, seals, found);
    }

    private static @Nullable Tampering accepted(List<LogRow> page, ChainCheck chain, SealCheck seals) {
        for (LogRow row : page) {
            Tampering found = chain.accept(row);
            if (found == null && chain.hasVerified(row)) {
                found = seals.passed(row.position(), row.hash());
            }
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static VerificationReport report(
            TenantId tenant,
            Position from,
            Position head,
            ChainCheck chain,
            SealCheck seals,
            @Nullable Tampering found) {
        Position verified = chain.verified();
        EventHash link = chain.link();
        if (found != null && !verified.isBefore(found.position())) {
            // The chain is whole beyond what a seal refutes, and proves nothing there.
            verified = Position.of(Math.max(from.value(), found.position().value()) - 1);
            link = EventHash.NONE;
        }
        return new VerificationReport(
                tenant, from, verified, link, seals.sealed(), verified.equals(head), Optional.ofNullable(found));
    }

    private Iterator<Seal> stored(TenantId tenant, Position after, Position upTo) {
        return keys == null ? Collections.emptyIterator() : new StoredSeals(storage, tenant, after, upTo);
    }

    /** Sets up a {@link LogVerifier}. Not thread-safe. */
    public static final class Builder {

        private final ProofGate gate;
        private @Nullable SealKeys keys;
        private VerificationListener listener = VerificationListener.NONE;
        private int pageSize = 1_000;
        private @Nullable Executor readAhead;

        private Builder(ProofGate gate) {
            this.gate = gate;
        }

        /** Sets the public keys that seals are verified with; by default there are none, and seals are not looked at. */
        public Builder keys(SealKeys newKeys) {
            keys = Objects.requireNonNull(newKeys, "keys");
            return this;
        }

        /** Sets who hears how far a verification has come; by default nobody. */
        public Builder listener(VerificationListener newListener) {
            listener = Objects.requireNonNull(newListener, "listener");
            return this;
        }

        /**
         * Sets how many events are read at once; by default 1,000.
         *
         * @throws IllegalArgumentException unless it is between 1 and 100,000
         */
        public Builder pageSize(int events) {
            if (events < 1 || events > 100_000) {
                throw new IllegalArgumentException("a page holds 1 to 100000 events, not " + events);
            }
            pageSize = events;
            return this;
        }

        /** Has one page read ahead by this executor while another is hashed; by default one thread does all. */
        public Builder readAhead(Executor executor) {
            readAhead = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /** Returns the verifier. */
        public LogVerifier build() {
            return new LogVerifier(this);
        }
    }
}
