package io.nexus.eventstream.core.proof;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.proof.Seal;
import io.nexus.eventstream.proof.SealKeys;
import io.nexus.eventstream.proof.Tampering;
import io.nexus.eventstream.proof.Tampering.Kind;
import org.jspecify.annotations.Nullable;

/** Takes the seals of a tenant in their order and finds the first that is forged or does not follow the one before it. */
final class SealChain {

    private final TenantId tenant;

    /** None if signatures are not to be looked at. */
    private final @Nullable SealKeys keys;

    private @Nullable Seal newest;

    SealChain(TenantId tenant, @Nullable SealKeys keys) {
        this.tenant = tenant;
        this.keys = keys;
    }

    /** Returns the last position that a key vouches for. */
    Position sealed() {
        return newest == null || keys == null ? Position.START : newest.to();
    }

    /** Returns the last seal that was taken. */
    @Nullable
    Seal newest() {
        return newest;
    }

    /** Takes the next seal and returns what is wrong with it. */
    @Nullable
    Tampering accept(Seal seal) {
        String wrong = fault(seal);
        if (wrong != null) {
            return new Tampering(Kind.SEAL_INVALID, seal.from(), "%s: %s".formatted(seal, wrong));
        }
        newest = seal;
        return null;
    }

    private @Nullable String fault(Seal seal) {
        if (!seal.tenant().equals(tenant)) {
            return "it belongs to another tenant than " + tenant;
        }
        if (keys != null && !keys.ids().contains(seal.keyId())) {
            return "its key is not among those that are known, " + keys.ids();
        }
        if (keys != null && !keys.verify(seal)) {
            return "its signature was not made by that key";
        }
        if (newest == null) {
            boolean isFirst = seal.from().value() == 1;
            return isFirst == seal.previous().equals(EventHash.NONE) ? null : "a first seal begins at position 1";
        }
        return seal.from().equals(newest.to().next())
                        && seal.linkBefore().equals(newest.link())
                        && seal.previous().equals(newest.digest())
                ? null
                : "it does not follow the %s".formatted(newest);
    }
}
