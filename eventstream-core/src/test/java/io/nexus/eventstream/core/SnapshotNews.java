package io.nexus.eventstream.core;

import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.snapshot.InvalidSnapshotException;
import io.nexus.eventstream.snapshot.InvalidSnapshotException.Reason;
import io.nexus.eventstream.snapshot.Snapshot;
import io.nexus.eventstream.snapshot.SnapshotListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A listener that keeps what it hears. */
final class SnapshotNews implements SnapshotListener {

    final List<Snapshot> created = new CopyOnWriteArrayList<>();
    final List<InvalidSnapshotException> invalid = new CopyOnWriteArrayList<>();
    final List<RuntimeException> failures = new CopyOnWriteArrayList<>();

    /** Returns the versions of the snapshots that were made. */
    List<Long> versions() {
        return created.stream().map(each -> each.version().value()).toList();
    }

    /** Returns what was wrong with those that were not valid, each as its version and the reason. */
    List<String> faults() {
        return invalid.stream()
                .map(each -> each.snapshot().version() + " " + each.reason())
                .toList();
    }

    Reason onlyReason() {
        if (invalid.size() != 1) {
            throw new AssertionError("reported: " + invalid);
        }
        return invalid.get(0).reason();
    }

    @Override
    public void onCreated(Snapshot snapshot) {
        created.add(snapshot);
    }

    @Override
    public void onInvalid(InvalidSnapshotException exception) {
        invalid.add(exception);
    }

    @Override
    public void onFailure(TenantId tenant, StreamId stream, RuntimeException failure) {
        failures.add(failure);
    }
}
