package io.nexus.eventstream.core.proof;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.proof.Seal;
import io.nexus.eventstream.proof.SealKeys;
import io.nexus.eventstream.proof.Tampering;
import io.nexus.eventstream.proof.Tampering.Kind;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Compares a log that is walked with seals, at the positions where they begin and end. */
final class SealCheck {

    private final SealChain chain;
    private final Iterator<Seal> seals;
    private final Position begin;

    /** The seal that the walk has not come to the end of. */
    private @Nullable Seal next;

    /** The next position to compare at, beyond all positions if there is none. */
    private long boundary = Long.MAX_VALUE;

    private Position sealed = Position.START;

    /** Takes seals, the oldest first, for a walk that begins at a position. */
    SealCheck(TenantId tenant, @Nullable SealKeys keys, Iterator<Seal> seals, Position begin) {
        this.chain = new SealChain(tenant, keys);
        this.seals = seals;
        this.begin = begin;
    }

    /** Returns the last position that a seal vouches for and that the walk has passed. */
    Position sealed() {
        return sealed;
    }

    /** Returns what is wrong before the first event. */
    @Nullable
    Tampering begin(byte[] link) {
        Tampering wrong = advance();
        return wrong == null && boundary == begin.value() - 1 ? compared(begin.value() - 1, link) : wrong;
    }

    /** Returns what is wrong once the event at a position has been verified. */
    @Nullable
    Tampering passed(long position, byte[] link) {
        return position == boundary ? compared(position, link) : null;
    }

    /** Returns what is wrong if the log ends at a position. */
    @Nullable
    Tampering end(Position position) {
        if (next == null) {
            return null;
        }
        return new Tampering(Kind.DROPPED, position.next(), "the log ends here, and there is a %s".formatted(next));
    }

    private @Nullable Tampering compared(long position, byte[] link) {
        Seal seal = next;
        if (seal == null) {
            return null;
        }
        boolean atItsEnd = position == seal.to().value();
        EventHash stated = atItsEnd ? seal.link() : seal.linkBefore();
        if (!EventHash.of(link).equals(stated)) {
            Position first = atItsEnd && begin.isBefore(seal.from()) ? seal.from() : begin;
            return new Tampering(
                    Kind.REWRITTEN,
                    first,
                    "the chain of positions %s to %d is whole, and it is not what the %s says"
                            .formatted(first, position, seal));
        }
        if (atItsEnd) {
            sealed = chain.sealed();
            return advance();
        }
        boundary = seal.to().value();
        return null;
    }

    /** Goes on to the next seal that has something to say. */
    private @Nullable Tampering advance() {
        next = null;
        boundary = Long.MAX_VALUE;
        while (seals.hasNext()) {
            Seal seal = seals.next();
            boolean isFirst = chain.newest() == null;
            Tampering wrong = chain.accept(seal);
            if (wrong != null) {
                return wrong;
            }
            if (!seal.to().isBefore(begin)) {
                next = seal;
                boolean comparesBefore = isFirst && !seal.from().isBefore(begin);
                boundary = comparesBefore ? seal.from().value() - 1 : seal.to().value();
                return null;
            }
        }
        return null;
    }
}
