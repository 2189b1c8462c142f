package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.projection.Projections;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.projection.Subscription;
import io.nexus.eventstream.spi.ForwardingEventStore;
import io.nexus.eventstream.spi.ProjectingEventStore;
import io.nexus.eventstream.spi.ProjectionStorage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** One engine at a time works on a projection, and one that has lost it without knowing does no harm. */
abstract class LeaseContract extends EngineContract {

    private static final Duration SHORT = Duration.ofMillis(50);

    /** How often each position was given to the projector, by whichever engine. */
    private final Map<Long, Integer> applied = new ConcurrentHashMap<>();

    LeaseContract(ProjectionFixture fixture) {
        super(fixture);
    }

    private LedgerView counted() {
        return ledger().before(
                        (event, context) -> applied.merge(event.position().value(), 1, Integer::sum));
    }

    private void assertEachAppliedOnce(Projections engine) {
        assertComplete(engine);
        assertThat(applied).hasSize(seen(engine).size());
        assertThat(applied.values()).containsOnly(1);
        assertThat(live(engine).state()).isEqualTo(ProjectionState.RUNNING);
        assertThat(live(engine).handled()).isEqualTo(seen(engine).size());
    }

    @Test
    void anEngineThatFrozeBeyondItsLeaseAppliesNothingAfterAnotherTookOver() {
        postSome(30);
        Freezing freezing = new Freezing(store);
        Projections frozen = engine(freezing, EngineOptions.of(counted()).withLease(SHORT));
        Projections other = engine(EngineOptions.of(counted()));
        frozen.runOnce();
        freezing.freeze.set(true);
        CompletableFuture<Long> turn = Racers.begin(frozen::runOnce);
        freezing.awaitFrozen();
        Eventually.holds("the other engine takes over", () -> {
            other.run();
            return isCaughtUp(other, tenant);
        });
        post(cash, "JE-after");
        freezing.goOn.countDown();

        assertThat(Racers.result(turn)).isZero();
        assertThat(frozen.run()).as("the other has it").isZero();
        other.run();
        assertEachAppliedOnce(other);
    }

    @Test
    void anEngineThatFrozeGoesOnWhenTheOtherHasLetGo() {
        postSome(30);
        Freezing freezing = new Freezing(store);
        Projections frozen = engine(freezing, EngineOptions.of(counted()).withLease(SHORT));
        Projections other = engine(EngineOptions.of(counted()));
        freezing.freeze.set(true);
        CompletableFuture<Long> turn = Racers.begin(frozen::runOnce);
        freezing.awaitFrozen();
        Eventually.holds("the other engine takes over", () -> other.runOnce() > 0);
        freezing.goOn.countDown();
        Racers.result(turn);
        other.close();
        postSome(5);
        frozen.run();

        assertEachAppliedOnce(frozen);
    }

    @Test
    void nobodyTakesAProjectionOverWhileItsLeaseRuns() {
        postSome(30);
        Freezing freezing = new Freezing(store);
        Projections slow = engine(freezing, EngineOptions.of(counted()));
        Projections other = engine(EngineOptions.of(counted()));
        slow.runOnce();
        int before = applied.size();
        freezing.freeze.set(true);
        CompletableFuture<Long> turn = Racers.begin(slow::runOnce);
        freezing.awaitFrozen();

        assertThat(other.run()).isZero();
        assertThat(applied).hasSize(before);
        freezing.goOn.countDown();
        assertThat(Racers.result(turn)).isPositive();
        slow.run();
        assertEachAppliedOnce(slow);
    }

    @Test
    void anEngineThatClosesLetsItsProjectionsGoAtOnce() {
        postSome(30);
        Projections first = engine(EngineOptions.of(counted()));
        first.runOnce();
        assertThat(live(first).leaseHolder()).isPresent();
        first.close();
        Projections second = engine(EngineOptions.of(counted()));

        assertThat(live(second).leaseHolder()).isEmpty();
        assertThat(second.run()).isPositive();
        assertEachAppliedOnce(second);
    }

    @Test
    void manyEnginesApplyEachEventOnce() {
        List<Projections> engines = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            // A lease that runs out all the time, so that they take it from each other.
            engines.add(engine(
                    EngineOptions.of(counted()).withLease(Duration.ofMillis(2)).withBatchSize(5)));
        }
        engines.forEach(Projections::start);
        postSome(100);

        Projections any = engines.get(0);
        Eventually.holds("they catch up", () -> isCaughtUp(any, tenant));
        assertEachAppliedOnce(any);
    }

    /** A store whose next reading is held up once it is asked to freeze. */
    private static final class Freezing extends ForwardingEventStore implements ProjectingEventStore {

        final AtomicBoolean freeze = new AtomicBoolean();
        final CountDownLatch goOn = new CountDownLatch(1);

        private final CountDownLatch frozen = new CountDownLatch(1);
        private final ProjectingEventStore store;

        Freezing(ProjectingEventStore store) {
            this.store = store;
        }

        void awaitFrozen() {
            await(frozen);
        }

        private static void await(CountDownLatch latch) {
            try {
                if (!latch.await(Eventually.GUARD.toSeconds(), TimeUnit.SECONDS)) {
                    throw new AssertionError("waited for the engine in vain");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
        }

        @Override
        protected EventStore delegate() {
            return store;
        }

        @Override
        public EventPage read(TenantId tenant, EventQuery query) {
            EventPage page = store.read(tenant, query);
            if (freeze.getAndSet(false)) {
                frozen.countDown();
                await(goOn);
            }
            return page;
        }

        @Override
        public ProjectionStorage projections() {
            return store.projections();
        }

        @Override
        public List<Projector> inlineProjectors() {
            return store.inlineProjectors();
        }

        @Override
        public Subscription onAppend(Consumer<TenantId> listener) {
            return store.onAppend(listener);
        }
    }
}
