package io.nexus.eventstream.spi;

import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.StreamId;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What an append asks of a storage.
 *
 * @param expectations what must be true of each stream before the append, one entry a stream; every stream that is
 *     written to has an entry, and so have streams that are only expected to be in some state
 * @param events what to store, at least one event, in the order of their positions; ids differ from each other
 */
public record AppendCommand(Map<StreamId, ExpectedVersion> expectations, List<EncodedEvent> events) {

    /** Keeps both as they are; the caller hands them over and does not change them later. */
    public AppendCommand {
        Objects.requireNonNull(expectations, "expectations");
        Objects.requireNonNull(events, "events");
    }
}
