package io.nexus.eventstream.tck;

import org.junit.jupiter.api.Nested;

/**
 * What every projection engine promises on every {@link io.nexus.eventstream.spi.ProjectingEventStore}, as tests. Extend it
 * in the tests of the store's module and say how to open a store, how to make an engine, and how to write a row; each of
 * these is a few lines.
 *
 * <p>The tests need JUnit Jupiter and nothing else. They do not run in parallel with each other. Those that draw random
 * numbers print a seed when they fail; it is set by the system property {@code eventstream.tck.seed}.
 */
public abstract class ProjectionContract implements ProjectionFixture {

    /** For subclasses. */
    protected ProjectionContract() {}

    @Nested
    class CatchingUp extends CatchUpContract {
        CatchingUp() {
            super(ProjectionContract.this);
        }
    }

    @Nested
    class Failing extends FailureContract {
        Failing() {
            super(ProjectionContract.this);
        }
    }

    @Nested
    class PuttingAside extends ParkingContract {
        PuttingAside() {
            super(ProjectionContract.this);
        }
    }

    @Nested
    class Rebuilding extends RebuildContract {
        Rebuilding() {
            super(ProjectionContract.this);
        }
    }

    @Nested
    class Replaying extends ReplayContract {
        Replaying() {
            super(ProjectionContract.this);
        }
    }

    @Nested
    class Inline extends InlineProjectionContract {
        Inline() {
            super(ProjectionContract.this);
        }
    }

    @Nested
    class ReadingYourWrites extends ReadYourWritesContract {
        ReadingYourWrites() {
            super(ProjectionContract.this);
        }
    }

    @Nested
    class Simulating extends SimulationContract {
        Simulating() {
            super(ProjectionContract.this);
        }
    }

    @Nested
    class Subscribing extends SubscriptionContract {
        Subscribing() {
            super(ProjectionContract.this);
        }
    }

    @Nested
    class Comparing extends ComparedRebuildContract {
        Comparing() {
            super(ProjectionContract.this);
        }
    }

    @Nested
    class RebuildingAtRandom extends RebuildPropertyContract {
        RebuildingAtRandom() {
            super(ProjectionContract.this);
        }
    }

    @Nested
    class Leasing extends LeaseContract {
        Leasing() {
            super(ProjectionContract.this);
        }
    }
}
