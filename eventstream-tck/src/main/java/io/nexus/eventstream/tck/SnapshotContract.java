package io.nexus.eventstream.tck;

import io.nexus.eventstream.spi.SnapshottingEventStore;
import org.junit.jupiter.api.Nested;

/**
 * What every {@link SnapshottingEventStore} promises beside the {@link EventStoreContract}, as tests: that it keeps snapshots
 * as they were saved and finds the one that is asked for, and that it counts right. The author of such a store extends this
 * class and says how to open one.
 *
 * <p>The tests need JUnit Jupiter and nothing else. Each uses tenants of its own, so one database, made once for the class, is
 * enough. They do not run in parallel with each other, since one moves the clock.
 */
public abstract class SnapshotContract implements StoreFixture {

    /** For subclasses. */
    protected SnapshotContract() {}

    @Override
    public abstract SnapshottingEventStore open(StoreOptions options);

    @Nested
    class KeepingSnapshots extends SnapshotRepositoryContract {
        KeepingSnapshots() {
            super(SnapshotContract.this);
        }
    }

    @Nested
    class DeletingSnapshots extends SnapshotRetentionContract {
        DeletingSnapshots() {
            super(SnapshotContract.this);
        }
    }

    @Nested
    class Counting extends StatisticsContract {
        Counting() {
            super(SnapshotContract.this);
        }
    }
}
