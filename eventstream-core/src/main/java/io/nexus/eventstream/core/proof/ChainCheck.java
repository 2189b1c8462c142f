package io.nexus.eventstream.core.proof;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.proof.Tampering;
import io.nexus.eventstream.proof.Tampering.Kind;
import io.nexus.eventstream.spi.LinkHasher;
import io.nexus.eventstream.spi.LogRow;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Takes the rows of a log in their order and finds the first that is not as it was recorded. It remembers the last two links and
 * the newest versions of a bounded number of streams, and nothing else.
 *
 * <p>Once a link does not fit, what was done is found out by trying: which change of places would make this row, or the one
 * after it, fit again?
 */
final class ChainCheck {

    private final LinkHasher hasher;
    private final StreamVersions versions;
    private final byte[] computed = new byte[EventHash.LENGTH];

    private long expected;
    private byte[] link;
    private byte[] linkBefore;
    private @Nullable LogRow previous;

    /** A row whose link does not fit; the next one helps to tell why. */
    private @Nullable LogRow suspect;

    /** Begins at a position, with the link of the event before it. */
    ChainCheck(TenantId tenant, Position from, byte[] link) {
        this.hasher = new LinkHasher(tenant);
        this.versions = new StreamVersions(from.value() == 1);
        this.expected = from.value();
        this.link = link;
        this.linkBefore = link;
    }

    /** Returns the last position up to which all is well. */
    Position verified() {
        return Position.of(expected - 1);
    }

    /** Returns the link at that position. */
    EventHash link() {
        return EventHash.of(link);
    }

    /** Returns whether a row that was just taken is as it was recorded, which the next one may have to tell. */
    boolean hasVerified(LogRow row) {
        return suspect == null && row.position() == expected - 1;
    }

    /** Takes the next row and returns what is wrong, if it can be told already. */
    @Nullable
    Tampering accept(LogRow row) {
        if (suspect != null) {
            return explained(suspect, row);
        }
        if (row.position() != expected) {
            return misplaced(row.position());
        }
        hasher.link(link, row, computed);
        if (!Arrays.equals(computed, row.hash())) {
            suspect = row;
            return null;
        }
        Tampering wrong = outOfOrder(row);
        if (wrong != null) {
            return wrong;
        }
        linkBefore = link;
        link = row.hash();
        previous = row;
        expected++;
        return null;
    }

    /** Returns what is wrong with a log that ends here and should end at a position. */
    @Nullable
    Tampering end(Position last) {
        if (suspect != null) {
            return explained(suspect, null);
        }
        if (expected > last.value()) {
            return null;
        }
        return tampering(Kind.DROPPED, expected, "the log ends before position " + last);
    }

    private Tampering misplaced(long position) {
        if (position > expected) {
            return tampering(
                    Kind.DROPPED,
                    expected,
                    position == expected + 1
                            ? "the position is missing"
                            : "positions %d to %d are missing".formatted(expected, position - 1));
        }
        return tampering(
                Kind.INSERTED,
                position < 1 ? 0 : expected,
                "a row at position %d, where %d is next".formatted(position, expected));
    }

    /** Returns what is wrong with a row whose link fits; only somebody who writes links too can have done it. */
    private @Nullable Tampering outOfOrder(LogRow row) {
        if (previous != null && row.recordedAt() < previous.recordedAt()) {
            return tampering(Kind.MOVED, expected, "it was recorded before the event in front of it");
        }
        long missing = versions.skipped(row);
        if (missing == 0) {
            return null;
        }
        return missing > 0
                ? tampering(
                        Kind.DROPPED,
                        expected,
                        "versions of its stream before version %d are missing".formatted(row.version()))
                : tampering(
                        Kind.INSERTED,
                        expected,
                        "version %d of its stream stands in the log already".formatted(row.version()));
    }

    private Tampering explained(LogRow row, @Nullable LogRow next) {
        if (next != null && next.position() == expected + 1) {
            if (fits(row.hash(), next)) {
                return tampering(Kind.CHANGED, expected, "the event is not the one that its hash was made of");
            }
            if (fits(linkOf(link, row), next)) {
                return tampering(Kind.CHANGED, expected, "its hash was changed; the next event ties to the right one");
            }
            if (fits(link, next.at(expected, next.version()))
                    && fits(next.hash(), row.at(expected + 1, row.version()))) {
                return tampering(Kind.MOVED, expected, "it was recorded at position %d".formatted(expected + 1));
            }
            if (fits(link, next.at(expected, next.version())) || fits(link, next.at(expected, next.version() - 1))) {
                return tampering(Kind.INSERTED, expected, "the event after it was recorded at this position");
            }
            if (fits(row.hash(), next.at(expected + 2, next.version()))
                    || fits(row.hash(), next.at(expected + 2, next.version() + 1))) {
                return tampering(
                        Kind.DROPPED, expected, "the events from here on were recorded one position further on");
            }
        }
        if (previous != null
                && (fits(linkBefore, row.at(expected - 1, row.version()))
                        || fits(linkBefore, row.at(expected - 1, row.version() - 1)))) {
            return tampering(Kind.INSERTED, expected - 1, "the event after it was recorded at this position");
        }
        if ((previous != null && row.recordedAt() < previous.recordedAt())
                || (next != null && next.recordedAt() < row.recordedAt())) {
            return tampering(Kind.MOVED, expected, "it was recorded at another moment than the events around it");
        }
        return tampering(Kind.CHANGED, expected, "its hash does not follow from the event and the link before it");
    }

    private boolean fits(byte[] before, LogRow row) {
        return before.length == EventHash.LENGTH && Arrays.equals(linkOf(before, row), row.hash());
    }

    private byte[] linkOf(byte[] before, LogRow row) {
        byte[] result = new byte[EventHash.LENGTH];
        hasher.link(before, row, result);
        return result;
    }

    /** Takes back what was taken for verified and is not. */
    private Tampering tampering(Kind kind, long position, String detail) {
        if (position > 0 && position == expected - 1) {
            expected = position;
            link = linkBefore;
        }
        return new Tampering(kind, Position.of(position), detail);
    }
}
