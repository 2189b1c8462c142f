package io.nexus.eventstream.core.proof;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.proof.Seal;
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
 * Seals seals = Seals.of(store, signer);
 * seals.seal(acme).ifPresent(seal -> keepElsewhere(SealText.write(seal)));
 * }</pre>
 *
 * <p>A seal is worth what its copy outside the database is worth. What was recorded after the newest copy can still be
 * rewritten unnoticed by somebody with all rights in the database; so how often to seal is how long that window may be.
 *
 * <p>Thread-safe, also across nodes: of several that seal a tenant at once, one makes the seal and the others learn that there is nothing left.
 */
public final class Seals {

    private final ProofStorage storage;
    private final LogVerifier verifier;
    private final SealSigner signer;
    private final Clock clock;

    private Seals(ProvingEventStore store, SealSigner signer, Clock clock) {
        this.storage = store.proofs();
        this.verifier = LogVerifier.of(store);
        this.signer = Objects.requireNonNull(signer, "signer");
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /** Returns the seals of a store's logs, made with a key. */
    public static Seals of(ProvingEventStore store, SealSigner signer) {
        return of(store, signer, Clock.systemUTC());
    }

    /** Returns the seals of a store's logs, made with a key and dated by a clock. */
    public static Seals of(ProvingEventStore store, SealSigner signer, Clock clock) {
        return new Seals(store, signer, clock);
    }

    /**
     * Verifies and seals what has been recorded since the tenant's last seal.
     *
     * @return the seal, to be kept outside the database; empty if there was nothing to seal
     * @throws TamperedException if that stretch, or the end of the last seal, is not as it was recorded; nothing is sealed
     */
    public Optional<Seal> seal(TenantId tenant) {
        // Whoever is not fast enough finds a newer seal in the next round, so somebody gets on in each.
        while (true) {
            Optional<Seal> newest = storage.newestSeal(tenant);
            Position sealed = newest.map(Seal::to).orElse(Position.START);
            Position head = Position.of(
                    Math.max(0, storage.newest(tenant).map(LogRow::position).orElse(0L)));
            if (head.equals(sealed)) {
                return Optional.empty();
            }
            Seal seal = sealed(tenant, newest, verified(tenant, newest, head));
            if (storage.addSeal(seal)) {
                return Optional.of(seal);
            }
        }
    }

    /** Returns at most {@code limit} of a tenant's seals that cover positions after this one, the oldest first. */
    public List<Seal> list(TenantId tenant, Position after, int limit) {
        return storage.seals(tenant, after, limit);
    }

    private VerificationReport verified(TenantId tenant, Optional<Seal> newest, Position head) {
        VerificationReport report = newest.isPresent()
                ? verifier.verifyAfter(newest.get(), head)
                : verifier.verify(tenant, Position.of(1), head);
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
        return unsigned.signed(signer.sign(unsigned.message()));
    }
}
