package io.nexus.eventstream.jdbc.state;

import io.nexus.eventstream.core.InMemoryEventStore;
import io.nexus.eventstream.jdbc.FreshDatabase;
import io.nexus.eventstream.spi.SnapshottingEventStore;

/** Where a test's events and snapshots are kept. */
enum Place {
    MEMORY,
    POSTGRES;

    Opened open() {
        if (this == MEMORY) {
            return new Opened(InMemoryEventStore.create(FreshDatabase.TYPES), () -> {});
        }
        FreshDatabase database = FreshDatabase.migrated();
        return new Opened(database.store(), database::close);
    }

    /** An empty store, and what ends it. */
    record Opened(SnapshottingEventStore store, Runnable end) implements AutoCloseable {
        @Override
        public void close() {
            end.run();
        }
    }
}
