package io.nexus.eventstream.core;

import io.nexus.eventstream.EventStreamException;
import io.nexus.eventstream.LaneBusyException;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.snapshot.InvalidSnapshotException;
import io.nexus.eventstream.snapshot.Snapshot;
import io.nexus.eventstream.snapshot.SnapshotListener;
import io.nexus.eventstream.snapshot.SnapshotRepository;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the listener, the log and the counters what became of snapshots. Thread-safe. */
final class SnapshotReports {

    private static final Logger log = LoggerFactory.getLogger(SnapshotManager.class);

    private final SnapshotListener listener;
    private final LongAdder fromCache = new LongAdder();
    private final LongAdder fromSnapshot = new LongAdder();
    private final LongAdder fromEvents = new LongAdder();
    private final LongAdder created = new LongAdder();
    private final LongAdder invalid = new LongAdder();
    private final LongAdder failed = new LongAdder();

    SnapshotReports(SnapshotListener listener) {
        this.listener = listener;
    }

    SnapshotUse use() {
        return new SnapshotUse(
                fromCache.sum(), fromSnapshot.sum(), fromEvents.sum(), created.sum(), invalid.sum(), failed.sum());
    }

    void fromCache() {
        fromCache.increment();
    }

    void fromSnapshot() {
        fromSnapshot.increment();
    }

    void fromEvents() {
        fromEvents.increment();
    }

    void created(Snapshot snapshot) {
        created.increment();
        tell(each -> each.onCreated(snapshot));
    }

    void failed(TenantId tenant, StreamId stream, RuntimeException failure) {
        failed.increment();
        log.warn(
                "A snapshot of stream {} of tenant {} failed; events answer in its place: {}",
                stream,
                tenant,
                loggable(failure));
        tell(each -> each.onFailure(tenant, stream, failure));
    }

    /** Reports a snapshot and deletes it; returns whether it is gone. Who may only read cannot delete. */
    boolean dropped(InvalidSnapshotException exception, SnapshotRepository repository) {
        invalid.increment();
        log.warn("{}", exception.getMessage());
        tell(each -> each.onInvalid(exception));
        try {
            repository.delete(exception.tenant(), exception.snapshot());
            return true;
        } catch (RuntimeException e) {
            failed(exception.tenant(), exception.snapshot().stream(), e);
            return false;
        }
    }

    /** Returns what the log says of it. What others throw, a fold of the host for example, may quote what events say. */
    static String loggable(RuntimeException failure) {
        return failure instanceof EventStreamException && !(failure instanceof LaneBusyException)
                ? String.valueOf(failure.getMessage())
                : failure.getClass().getName();
    }

    private void tell(Consumer<SnapshotListener> call) {
        try {
            call.accept(listener);
        } catch (RuntimeException e) {
            log.warn("A listener to snapshots failed: {}", e.getClass().getName());
        }
    }
}
