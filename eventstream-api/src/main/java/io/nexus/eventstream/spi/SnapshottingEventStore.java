package io.nexus.eventstream.spi;

import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.snapshot.SnapshotRepository;

/** An event store that keeps snapshots beside the events, and counts them. */
public interface SnapshottingEventStore extends EventStore {

    /** Returns where snapshots are kept. */
    SnapshotRepository snapshots();

    /** Returns what is known about streams in numbers. */
    StatisticsStorage statistics();
}
