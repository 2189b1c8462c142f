package io.nexus.eventstream.tck;

import org.junit.jupiter.api.Nested;

/**
 * What every {@link io.nexus.eventstream.EventStore} promises, as tests. The author of a store extends this class in the
 * tests of the store's module and says how to open one:
 *
 * <pre>{@code
 * class InMemoryContractTest extends EventStoreContract {
 *
 *     private final TestClock clock = TestClock.running();
 *
 *     public EventStore open(StoreOptions options) {
 *         return InMemoryEventStore.builder(JsonEventSerializer.of(options.types()))
 *                 .limits(options.limits())
 *                 .autoCreateTenants(options.autoCreateTenants())
 *                 .clock(clock)
 *                 .build();
 *     }
 *
 *     public DatabaseClock databaseClock() {
 *         return clock;
 *     }
 *
 *     public boolean comparesCallersClock() {
 *         return false;
 *     }
 * }
 * }</pre>
 *
 * <p>The tests need JUnit Jupiter and nothing else. Each uses tenants of its own, so one database, made once for the class,
 * is enough, and it need not be empty. They do not run in parallel with each other, since some move the clock and one the
 * time zone of the JVM. Those that draw random numbers print a seed when they fail; it is set by the system property {@code
 * eventstream.tck.seed}.
 *
 * <p>Why classes inside a class: each capability has a file of its own that can be read on its own, and a store joins all
 * of them, those that later versions add included, by extending one class.
 */
public abstract class EventStoreContract implements StoreFixture {

    /** For subclasses. */
    protected EventStoreContract() {}

    @Nested
    class Appending extends AppendContract {
        Appending() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class ExpectingVersions extends ExpectedVersionContract {
        ExpectingVersions() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class AppendingToSeveralStreams extends MultiStreamContract {
        AppendingToSeveralStreams() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class Repeating extends IdempotencyContract {
        Repeating() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class RefusingKnownIds extends IdMismatchContract {
        RefusingKnownIds() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class ReadingAStream extends StreamReadingContract {
        ReadingAStream() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class ReadingTheLog extends LogReadingContract {
        ReadingTheLog() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class SeparatingTenants extends TenantContract {
        SeparatingTenants() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class AskingAboutThePast extends AsOfContract {
        AskingAboutThePast() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class KeepingTimes extends TimeContract {
        KeepingTimes() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class KeepingPayloads extends PayloadContract {
        KeepingPayloads() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class KeepingTexts extends TextContract {
        KeepingTexts() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class KeepingLimits extends LimitsContract {
        KeepingLimits() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class DistrustingClocks extends ClockContract {
        DistrustingClocks() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class ChainingHashes extends HashChainContract {
        ChainingHashes() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class Racing extends RaceContract {
        Racing() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class FollowingTheModel extends ModelContract {
        FollowingTheModel() {
            super(EventStoreContract.this);
        }
    }

    @Nested
    class PlayingScenarios extends ScenarioContract {
        PlayingScenarios() {
            super(EventStoreContract.this);
        }
    }
}
