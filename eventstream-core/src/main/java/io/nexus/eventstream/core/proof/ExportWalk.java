package io.nexus.eventstream.core.proof;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.proof.ExportLines.Trailer;
import io.nexus.eventstream.proof.Seal;
import io.nexus.eventstream.proof.SealKeys;
import io.nexus.eventstream.proof.Tampering;
import io.nexus.eventstream.proof.Tampering.Kind;
import io.nexus.eventstream.proof.VerificationListener;
import io.nexus.eventstream.proof.VerificationReport;
import io.nexus.eventstream.spi.LogRow;
import java.io.IOException;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Walks over an export once, verifies it, and hands on what has been verified. */
final class ExportWalk {

    private static final int PROGRESS_EVERY = 1_000;

    private final ExportFile file;
    private final TenantId tenant;
    private final ChainCheck chain;
    private final SealChain ownSeals;
    private final SealCheck keptSeals;
    private final Consumer<LogRow> events;
    private final Consumer<Seal> seals;
    private final VerificationListener listener;

    private long read;
    private long sealed;
    private boolean isComplete;

    /** Takes an export whose header has been read, and seals that were kept elsewhere. */
    ExportWalk(
            ExportFile file,
            TenantId tenant,
            @Nullable SealKeys keys,
            Iterator<Seal> kept,
            Consumer<LogRow> events,
            Consumer<Seal> seals,
            VerificationListener listener) {
        this.file = file;
        this.tenant = tenant;
        this.chain = new ChainCheck(tenant, Position.of(1), EventHash.NONE.bytes());
        this.ownSeals = new SealChain(tenant, keys);
        this.keptSeals = new SealCheck(tenant, keys, kept, Position.of(1));
        this.events = events;
        this.seals = seals;
        this.listener = listener;
    }

    /** Returns the report of an export that is not even one. */
    static VerificationReport unreadable(TenantId tenant, String detail) {
        return new VerificationReport(
                tenant,
                Position.of(1),
                Position.START,
                EventHash.NONE,
                Position.START,
                false,
                Optional.of(new Tampering(Kind.UNREADABLE, Position.of(1), detail)));
    }

    VerificationReport walk() throws IOException {
        Tampering found = keptSeals.begin(EventHash.NONE.bytes());
        while (found == null && !isComplete) {
            try {
                found = next();
            } catch (UnreadableException e) {
                // What follows the last event, for example one that was changed, cannot be asked any more.
                found = chain.end(chain.verified());
                if (found == null) {
                    found = unreadable(e.getMessage());
                }
            }
        }
        Position verified = chain.verified();
        EventHash link = chain.link();
        if (found != null && !verified.isBefore(found.position())) {
            verified = Position.of(Math.max(1, found.position().value()) - 1);
            link = EventHash.NONE;
        }
        Position sealedUpTo = ownSeals.sealed().isBefore(keptSeals.sealed()) ? keptSeals.sealed() : ownSeals.sealed();
        return new VerificationReport(
                tenant, Position.of(1), verified, link, sealedUpTo, isComplete, Optional.ofNullable(found));
    }

    private @Nullable Tampering next() throws IOException, UnreadableException {
        LineReader line = file.next();
        if (line == null) {
            throw new UnreadableException("it ends without its last line");
        }
        if (line.isNext(ExportLines.TRAILER)) {
            return end(ExportLines.trailer(line));
        }
        file.hash();
        return line.isNext(ExportLines.EVENT) ? event(ExportLines.event(line)) : seal(SealText.read(line));
    }

    private @Nullable Tampering event(LogRow row) {
        read++;
        Tampering found = chain.accept(row);
        if (found != null || !chain.hasVerified(row)) {
            return found;
        }
        found = keptSeals.passed(row.position(), row.hash());
        if (found == null) {
            events.accept(row);
            if (read % PROGRESS_EVERY == 0) {
                listener.reached(tenant, chain.verified(), chain.verified());
            }
        }
        return found;
    }

    private @Nullable Tampering seal(Seal seal) {
        sealed++;
        Position verified = chain.verified();
        Tampering found = chain.end(seal.to());
        if (found != null) {
            return found;
        }
        Position from = seal.from();
        if (!seal.to().equals(verified)) {
            return new Tampering(Kind.SEAL_INVALID, from, "the %s stands behind position %s".formatted(seal, verified));
        }
        if (ownSeals.newest() == null && from.value() != 1) {
            return new Tampering(Kind.SEAL_INVALID, from, "seals before the %s are missing".formatted(seal));
        }
        found = ownSeals.accept(seal);
        if (found == null && !seal.link().equals(chain.link())) {
            String detail = "the chain of positions %s to %s is whole, and it is not what the %s says";
            return new Tampering(Kind.REWRITTEN, from, detail.formatted(from, seal.to(), seal));
        }
        if (found == null) {
            seals.accept(seal);
        }
        return found;
    }

    private @Nullable Tampering end(Trailer trailer) throws IOException, UnreadableException {
        Tampering found = chain.end(Position.of(Math.max(0, trailer.events())));
        if (found == null) {
            found = keptSeals.end(chain.verified());
        }
        if (found != null) {
            return found;
        }
        if (trailer.events() != read
                || trailer.seals() != sealed
                || !trailer.link().equals(chain.link())) {
            throw new UnreadableException(
                    "there are %d events and %d seals before the last line, which speaks of %d and %d"
                            .formatted(read, sealed, trailer.events(), trailer.seals()));
        }
        if (!trailer.sha256().equals(file.digest())) {
            throw new UnreadableException("the bytes before the last line are not those that were written");
        }
        if (file.next() != null) {
            throw new UnreadableException("there is something behind the last line");
        }
        isComplete = true;
        listener.reached(tenant, chain.verified(), chain.verified());
        return null;
    }

    private Tampering unreadable(@Nullable String detail) {
        return new Tampering(Kind.UNREADABLE, chain.verified().next(), "line %d: %s".formatted(file.lines(), detail));
    }
}
