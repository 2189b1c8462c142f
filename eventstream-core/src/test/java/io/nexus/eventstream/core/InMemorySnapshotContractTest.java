package io.nexus.eventstream.core;

import io.nexus.eventstream.spi.SnapshottingEventStore;
import io.nexus.eventstream.tck.DatabaseClock;
import io.nexus.eventstream.tck.SnapshotContract;
import io.nexus.eventstream.tck.StoreOptions;
import io.nexus.eventstream.tck.TestClock;

/** The in-memory store keeps snapshots and counts as the contract has it. */
class InMemorySnapshotContractTest extends SnapshotContract {

    private final TestClock clock = TestClock.running();

    @Override
    public SnapshottingEventStore open(StoreOptions options) {
        return InMemoryEventStore.builder(JsonEventSerializer.of(options.types()))
                .clock(clock)
                .build();
    }

    @Override
    public DatabaseClock databaseClock() {
        return clock;
    }
}
