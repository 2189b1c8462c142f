package io.nexus.eventstream.core.proof;

import io.nexus.eventstream.spi.LogRow;
import java.util.Arrays;

/**
 * The newest versions of as many streams as fit. Each stream has one place that it shares with others, of which the last one that
 * was seen holds it; so the memory is bounded, and streams that are written to often are watched.
 */
final class StreamVersions {

    private static final int PLACES = 1 << 13;

    private final byte[][] categories = new byte[PLACES][];
    private final byte[][] aggregateIds = new byte[PLACES][];
    private final long[] versions = new long[PLACES];

    private final boolean fromTheBeginning;

    /** Creates it for a log that is read from its beginning or not. */
    StreamVersions(boolean fromTheBeginning) {
        this.fromTheBeginning = fromTheBeginning;
        Arrays.fill(categories, new byte[0]);
        Arrays.fill(aggregateIds, new byte[0]);
    }

    /** Takes the next row and returns how many versions its stream has skipped, below 0 if it has gone back. */
    long skipped(LogRow row) {
        int hash = 31 * Arrays.hashCode(row.category()) + Arrays.hashCode(row.aggregateId());
        int place = (hash ^ (hash >>> 13)) & (PLACES - 1);
        boolean isKnown = Arrays.equals(aggregateIds[place], row.aggregateId())
                && Arrays.equals(categories[place], row.category());
        // A place that nobody has held yet tells that the stream has not been seen.
        boolean isNew = fromTheBeginning && versions[place] == 0;
        long skipped = isKnown || isNew ? row.version() - versions[place] - 1 : 0;
        categories[place] = row.category();
        aggregateIds[place] = row.aggregateId();
        versions[place] = row.version();
        return skipped;
    }
}
