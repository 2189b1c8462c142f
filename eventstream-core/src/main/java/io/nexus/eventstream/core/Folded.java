package io.nexus.eventstream.core;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.Fold;
import io.nexus.eventstream.RecordedEvent;
import java.time.Instant;

/**
 * A state on its way through a stream, with what a snapshot of it must know.
 *
 * @param hash the hash of the last event in it
 * @param recordedAt when the last event in it was recorded
 * @param latestOccurredAt the latest business time of all events in it
 */
record Folded<S>(S state, EventVersion version, EventHash hash, Instant recordedAt, Instant latestOccurredAt) {

    static <S> Folded<S> nothing(Fold<S> fold) {
        return new Folded<>(fold.initialState(), EventVersion.NONE, EventHash.NONE, Instant.MIN, Instant.MIN);
    }

    Folded<S> then(RecordedEvent event, Fold<S> fold) {
        return new Folded<>(
                fold.evolve(state, event),
                event.version(),
                event.stored().hash(),
                event.recordedAt(),
                event.occurredAt().isAfter(latestOccurredAt) ? event.occurredAt() : latestOccurredAt);
    }

    LoadedState<S> loaded() {
        return new LoadedState<>(state, version);
    }
}
