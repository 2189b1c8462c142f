package io.nexus.eventstream.core;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.NamedFold;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.snapshot.InvalidSnapshotException;
import io.nexus.eventstream.snapshot.InvalidSnapshotException.Reason;
import io.nexus.eventstream.snapshot.Snapshot;
import io.nexus.eventstream.snapshot.SnapshotInfo;
import io.nexus.eventstream.snapshot.SnapshotRepository;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Compares the snapshots of a stream with what its events give, all that a snapshot says and not its state alone. */
record SnapshotReplay<S>(EventStore store, SnapshotRepository repository, SnapshotCodec codec, NamedFold<S> fold) {

    /** Returns what is wrong, the oldest snapshot first. */
    List<InvalidSnapshotException> compared(TenantId tenant, StreamId stream) {
        Map<Long, SnapshotInfo> open = new TreeMap<>();
        repository.list(tenant, stream).stream()
                .filter(each -> each.foldName().equals(fold.name()) && each.schemaVersion() == fold.schemaVersion())
                .forEach(each -> open.put(each.version().value(), each));
        List<InvalidSnapshotException> invalid = new ArrayList<>();
        Folded<S> state = Folded.nothing(fold);
        for (RecordedEvent event : store.walk(tenant, EventQuery.stream(stream))) {
            // An upcaster may have made several of one event, and all of them are in the state.
            if (!event.version().equals(state.version())) {
                judged(tenant, open.remove(state.version().value()), state).ifPresent(invalid::add);
            }
            state = state.then(event, fold);
        }
        judged(tenant, open.remove(state.version().value()), state).ifPresent(invalid::add);
        open.values().forEach(newer -> invalid.add(new InvalidSnapshotException(tenant, newer, Reason.OTHER_HISTORY)));
        return invalid;
    }

    private Optional<InvalidSnapshotException> judged(TenantId tenant, @Nullable SnapshotInfo info, Folded<S> state) {
        if (info == null) {
            return Optional.empty();
        }
        return repository
                .find(tenant, info.stream(), fold.name(), fold.schemaVersion(), AsOf.version(info.version()))
                .filter(stored -> stored.version().equals(info.version()))
                .flatMap(stored -> fault(stored, state))
                .map(reason -> new InvalidSnapshotException(tenant, info, reason));
    }

    private Optional<Reason> fault(Snapshot stored, Folded<S> state) {
        if (!codec.isValid(stored)) {
            return Optional.of(Reason.CHECKSUM);
        }
        if (!stored.eventHash().equals(state.hash())) {
            return Optional.of(Reason.OTHER_HISTORY);
        }
        boolean same = stored.state().equals(codec.written(fold, state.state()))
                && stored.recordedAt().equals(state.recordedAt())
                && stored.latestOccurredAt().equals(state.latestOccurredAt());
        return same ? Optional.empty() : Optional.of(Reason.DIFFERENT_STATE);
    }
}
