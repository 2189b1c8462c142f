package io.nexus.eventstream.proof;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import java.util.Optional;

/**
 * What a verification has found.
 *
 * @param tenant the owner of the log
 * @param from the first position that was looked at
 * @param verified the last position up to which everything is as it was recorded; before {@code from} if nothing is
 * @param link the link at {@code verified}, to be compared with what was noted elsewhere; {@link EventHash#NONE} if there is none to be
 *     relied on, or it is withheld from whoever may not read what events say
 * @param sealed the last position that a seal vouches for; {@link Position#START} if none was looked at. Whoever has all
 *     rights in the database could have written what comes after it
 * @param reachesHead whether {@code verified} is where the log ended when the verification began
 * @param tampering the first place that is not as it was recorded
 */
public record VerificationReport(
        TenantId tenant,
        Position from,
        Position verified,
        EventHash link,
        Position sealed,
        boolean reachesHead,
        Optional<Tampering> tampering) {

    /** Returns whether nothing was found. */
    public boolean isIntact() {
        return tampering.isEmpty();
    }

    /** Returns how many events were found to be as they were recorded. */
    public long events() {
        return Math.max(0, verified.value() - from.value() + 1);
    }

    /** Returns the same without the link. */
    public VerificationReport withoutLink() {
        return new VerificationReport(tenant, from, verified, EventHash.NONE, sealed, reachesHead, tampering);
    }

    /** Returns the finding in a line. */
    @Override
    public String toString() {
        return "tenant %s, positions %s to %s: %s"
                .formatted(
                        tenant,
                        from,
                        verified,
                        tampering.map(Tampering::toString).orElse("intact"));
    }
}
