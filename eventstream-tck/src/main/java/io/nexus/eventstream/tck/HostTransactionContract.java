package io.nexus.eventstream.tck;

import java.time.Duration;
import org.junit.jupiter.api.Nested;

/**
 * What a store promises that can join a transaction of its caller, as tests. The author of such a store extends this class
 * beside {@link EventStoreContract} and says how a host begins a transaction and does work of its own in it.
 *
 * <p>The tests run at READ COMMITTED, REPEATABLE READ and SERIALIZABLE. Several transactions and stores work at the same
 * time, up to eight connections; the time of a test hangs on its locks, not on a clock.
 */
public abstract class HostTransactionContract {

    /** For subclasses. */
    protected HostTransactionContract() {}

    /**
     * Returns the database, with stores that have these options and wait this long for a lane. Called at least twice for
     * every test; all that it returns share one database.
     */
    public abstract HostTransactions open(StoreOptions options, Duration laneTimeout);

    @Nested
    class CommittingAtReadCommitted extends HostCommitContract {
        CommittingAtReadCommitted() {
            super(HostTransactionContract.this, IsolationLevel.READ_COMMITTED);
        }
    }

    @Nested
    class CommittingAtRepeatableRead extends HostCommitContract {
        CommittingAtRepeatableRead() {
            super(HostTransactionContract.this, IsolationLevel.REPEATABLE_READ);
        }
    }

    @Nested
    class CommittingAtSerializable extends HostCommitContract {
        CommittingAtSerializable() {
            super(HostTransactionContract.this, IsolationLevel.SERIALIZABLE);
        }
    }

    @Nested
    class SeeingASnapshotAtRepeatableRead extends HostSnapshotContract {
        SeeingASnapshotAtRepeatableRead() {
            super(HostTransactionContract.this, IsolationLevel.REPEATABLE_READ);
        }
    }

    @Nested
    class SeeingASnapshotAtSerializable extends HostSnapshotContract {
        SeeingASnapshotAtSerializable() {
            super(HostTransactionContract.this, IsolationLevel.SERIALIZABLE);
        }
    }

    @Nested
    class GoingOnAfterARefusal extends HostRefusalContract {
        GoingOnAfterARefusal() {
            super(HostTransactionContract.this);
        }
    }

    @Nested
    class HoldingALane extends HostLaneContract {
        HoldingALane() {
            super(HostTransactionContract.this);
        }
    }

    @Nested
    class AppendingForSeveralTenants extends HostTenantsContract {
        AppendingForSeveralTenants() {
            super(HostTransactionContract.this);
        }
    }

    @Nested
    class AskingAboutThePastMeanwhile extends HostAsOfContract {
        AskingAboutThePastMeanwhile() {
            super(HostTransactionContract.this);
        }
    }
}
