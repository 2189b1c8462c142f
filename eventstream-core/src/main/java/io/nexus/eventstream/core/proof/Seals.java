package io.nexus.eventstream.core.proof;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.access.Operation;
import io.nexus.eventstream.proof.Seal;
import io.nexus.eventstream.proof.SealKeys;
import io.nexus.eventstream.proof.TamperedException;
import io.nexus.eventstream.proof.VerificationReport;
import io.nexus.eventstream.spi.LogRow;
import io.nexus.eventstream.spi.ProofStorage;
import io.nexus.eventstream.spi.ProvingEventStore;
import io.nexus.eventstream.spi.SealSigner;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Seals logs: signs what their links are, so that whoever has a copy of the seal can tell later whether anything before it was changed.
 *
 * <pre>{@code
 * Seals seals = Seals.of(store, signer, keys);
 * seals.seal(acme).ifPresent(seal -> keepElsewhere(SealText.write(seal)));
 * }</pre>
 *
 * <p>A seal is worth what its copy outside the database is worth. What was recorded after the newest copy can still be
 * rewritten unnoticed by somebody with all rights in the database; so how often to seal is how long that window may be.
 *
 * <p>Thread-safe, also across nodes: of several that seal a tenant at once, one makes the seal and the others learn that there is nothing left.
 */
public final class Seals {

    private final ProofGate gate;
    private final ProofStorage storage;
    private final LogVerifier verifier;
    private final SealSigner signer;
    private final SealKeys keys;
    private final Clock clock;

    private Seals(ProvingEventStore store, SealSigner signer, SealKeys keys, Clock clock) {
        this.gate = new ProofGate(store);
        this.storage = gate.proofs();
        this.verifier = LogVerifier.builder(store).keys(keys).build();
        this.signer = Objects.requireNonNull(signer, "signer");
        this.keys = keys;
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /**
     * Returns the seals of a store's logs, made with a key.
     *
     * @param keys the public keys of all seals there are and will be: a seal follows only one that it has verified
     */
    public static Seals of(ProvingEventStore store, SealSigner signer, SealKeys keys) {
        return of(store, signer, keys, Clock.systemUTC());
    }

    /** Returns the seals of a store's logs, made with a key and dated by a clock. */
    public static Seals of(ProvingEventStore store, SealSigner signer, SealKeys keys, Clock clock) {
        return new Seals(store, signer, keys, clock);
    }

    /**
     * Verifies and seals what has been recorded since the tenant's last seal.
     *
     * @return the seal, to be kept outside the database; empty if there was nothing to seal
     * @throws TamperedException if that stretch, or the last seal, its signature included, is not as it was made; nothing is sealed
     * @throws IllegalStateException if the signer's key is not among the public keys; nothing is sealed
     */
    public Optional<Seal> seal(TenantId tenant) {
        return gate.call(tenant, Operation.ADMINISTER, "seal", () -> sealed(tenant));
    }

    /** Returns at most {@code limit} of a tenant's seals that cover positions after this one, the oldest first. */
    public List<Seal> list(TenantId tenant, Position after, int limit) {
        return gate.call(tenant, Operation.VERIFY, "seals", () -> storage.seals(tenant, after, limit));
    }

    private Optional<Seal> sealed(TenantId tenant) {
        // Whoever is not fast enough finds a newer seal in the next round, so somebody gets on in each.
        while (true) {
            Optional<Seal> newest = storage.newestSeal(tenant);
            Position head = Position.of(
                    Math.max(0, storage.newest(tenant).map(LogRow::position).orElse(0L)));
            if (newest.isEmpty() && head.equals(Position.START)) {
                return Optional.empty();
            }
            VerificationReport report = verified(tenant, newest, head);
            if (report.events() == 0) {
                return Optional.empty();
            }
            Seal seal = sealed(tenant, newest, report);
            if (storage.addSeal(seal)) {
                return Optional.of(seal);
            }
        }
    }

    private VerificationReport verified(TenantId tenant, Optional<Seal> newest, Position head) {
        VerificationReport report = verifier.verifyUnsealed(tenant, newest, head);
        if (!report.isIntact()) {
            throw new TamperedException(report);
        }
        return report;
    }

    private Seal sealed(TenantId tenant, Optional<Seal> newest, VerificationReport report) {
        LogRow last = storage.rows(
                        tenant, report.verified().value() - 1, report.verified().value(), 1)
                .get(0);
        Seal unsigned = new Seal(
                tenant,
                report.from(),
                report.verified(),
                newest.map(Seal::link).orElse(EventHash.NONE),
                report.link(),
                LogRow.moment(last.recordedAt()),
                clock.instant().truncatedTo(ChronoUnit.MICROS),
                signer.keyId(),
                newest.map(Seal::digest).orElse(EventHash.NONE),
                new byte[0]);
        Seal seal = unsigned.signed(signer.sign(unsigned.message()));
        if (!keys.verify(seal)) {
            throw new IllegalStateException(
                    "the %s cannot be verified with the public keys %s, and no other could follow it"
                            .formatted(seal, keys.ids()));
        }
        return seal;
    }
}
