package io.nexus.eventstream.core;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventSerializationException;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.NamedFold;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.snapshot.InvalidSnapshotException;
import io.nexus.eventstream.snapshot.InvalidSnapshotException.Reason;
import io.nexus.eventstream.snapshot.Snapshot;
import io.nexus.eventstream.snapshot.SnapshotRepository;
import java.util.Iterator;
import java.util.Optional;

/**
 * Finds the state that a fold may begin at, in memory or among the stored snapshots, and folds the events from there on. What
 * cannot be trusted is reported and passed over. Thread-safe.
 */
final class SnapshotReader {

    /** So many invalid snapshots are deleted in one load; then the events answer, and the next load goes on. */
    private static final int MOST_INVALID = 5;

    private final EventStore store;
    private final SnapshotRepository repository;
    private final SnapshotCodec codec;
    private final SnapshotCache cache;
    private final SnapshotReports reports;

    SnapshotReader(
            EventStore store,
            SnapshotRepository repository,
            SnapshotCodec codec,
            SnapshotCache cache,
            SnapshotReports reports) {
        this.store = store;
        this.repository = repository;
        this.codec = codec;
        this.cache = cache;
        this.reports = reports;
    }

    /**
     * A state and where its reading began.
     *
     * @param stored the version of the newest snapshot that is known to be stored
     * @param begin when its reading began, in the count of the cache
     */
    record Loaded<S>(Folded<S> folded, EventVersion stored, long begin) {}

    <S> Loaded<S> load(TenantId tenant, StreamId stream, NamedFold<S> fold, AsOf asOf) {
        if (!asOf.equals(AsOf.now())) {
            return fromSnapshot(tenant, stream, fold, asOf).orElseGet(() -> fromEvents(tenant, stream, fold, asOf));
        }
        Loaded<S> loaded = fromCache(tenant, stream, fold)
                .or(() -> fromSnapshot(tenant, stream, fold, asOf))
                .orElseGet(() -> fromEvents(tenant, stream, fold, asOf));
        if (!loaded.folded().version().equals(EventVersion.NONE)) {
            cache.keep(loaded.begin(), tenant, stream, fold, loaded.folded(), loaded.stored());
        }
        return loaded;
    }

    <S> Loaded<S> fromEvents(TenantId tenant, StreamId stream, NamedFold<S> fold, AsOf asOf) {
        long begin = cache.now();
        Folded<S> state = Folded.nothing(fold);
        for (RecordedEvent event : store.walk(tenant, EventQuery.stream(stream).asOf(asOf))) {
            state = state.then(event, fold);
        }
        reports.fromEvents();
        return new Loaded<>(state, EventVersion.NONE, begin);
    }

    private <S> Optional<Loaded<S>> fromCache(TenantId tenant, StreamId stream, NamedFold<S> fold) {
        long begin = cache.now();
        SnapshotCache.Found<S> cached = cache.find(tenant, stream, fold);
        if (cached == null) {
            return Optional.empty();
        }
        Optional<Folded<S>> state = continued(tenant, stream, fold, AsOf.now(), cached.folded());
        if (state.isEmpty()) {
            cache.drop(tenant, stream, fold);
            return Optional.empty();
        }
        reports.fromCache();
        return Optional.of(new Loaded<>(state.get(), cached.stored(), begin));
    }

    private <S> Optional<Loaded<S>> fromSnapshot(TenantId tenant, StreamId stream, NamedFold<S> fold, AsOf asOf) {
        long begin = cache.now();
        for (int attempt = 0; attempt < MOST_INVALID; attempt++) {
            Optional<Snapshot> snapshot;
            try {
                snapshot = repository.find(tenant, stream, fold.name(), fold.schemaVersion(), asOf);
            } catch (RuntimeException e) {
                // Whatever it is, the events have the answer.
                reports.failed(tenant, stream, e);
                return Optional.empty();
            }
            if (snapshot.isEmpty()) {
                return Optional.empty();
            }
            try {
                Folded<S> state = continued(tenant, stream, fold, asOf, snapshot.get());
                reports.fromSnapshot();
                return Optional.of(new Loaded<>(state, snapshot.get().version(), begin));
            } catch (InvalidSnapshotException e) {
                if (!reports.dropped(e, repository)) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    private <S> Folded<S> continued(TenantId tenant, StreamId stream, NamedFold<S> fold, AsOf asOf, Snapshot snapshot) {
        if (!codec.isValid(snapshot)) {
            throw new InvalidSnapshotException(tenant, snapshot.info(), Reason.CHECKSUM);
        }
        Folded<S> base;
        try {
            base = codec.folded(fold, snapshot);
        } catch (EventSerializationException e) {
            throw new InvalidSnapshotException(tenant, snapshot.info(), Reason.UNREADABLE);
        }
        return continued(tenant, stream, fold, asOf, base)
                .orElseThrow(() -> new InvalidSnapshotException(tenant, snapshot.info(), Reason.OTHER_HISTORY));
    }

    /** Folds what follows on a state; empty unless the log has the event that the state ends with. */
    private <S> Optional<Folded<S>> continued(
            TenantId tenant, StreamId stream, NamedFold<S> fold, AsOf asOf, Folded<S> base) {
        Iterator<RecordedEvent> events = store.walk(
                        tenant, EventQuery.stream(stream).asOf(asOf).fromVersion(base.version()))
                .iterator();
        if (!events.hasNext()) {
            return Optional.empty();
        }
        RecordedEvent last = events.next();
        if (!last.version().equals(base.version()) || !last.stored().hash().equals(base.hash())) {
            return Optional.empty();
        }
        Folded<S> state = base;
        while (events.hasNext()) {
            RecordedEvent event = events.next();
            // An upcaster may have split the last event; all parts of it are in the state.
            if (!event.version().equals(base.version())) {
                state = state.then(event, fold);
            }
        }
        return Optional.of(state);
    }
}
