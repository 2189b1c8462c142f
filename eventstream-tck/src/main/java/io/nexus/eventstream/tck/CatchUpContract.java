package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.projection.ProjectionStatus;
import io.nexus.eventstream.projection.Projections;
import io.nexus.eventstream.tck.LedgerEvent.Counted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** Read models follow the log. */
abstract class CatchUpContract extends EngineContract {

    CatchUpContract(ProjectionFixture fixture) {
        super(fixture);
    }

    @Test
    void aReadModelIsWhatAFoldOverTheLogGives() {
        postSome(150);
        Projections engine = engine(EngineOptions.of(ledger()));

        long handled = engine.run();

        assertComplete(engine);
        assertThat(handled).isEqualTo(seen(engine).size());
        assertThat(live(engine).handled()).isEqualTo(handled);
        assertThat(engine.run()).isZero();
    }

    @Test
    void aStartedEngineFollowsAppends() {
        Projections engine = engine(EngineOptions.of(ledger()));
        engine.start();
        postSome(60);

        Eventually.holds("the read model catches up", () -> isCaughtUp(engine, tenant));
        assertComplete(engine);
    }

    @Test
    void everyEventIsAppliedOnceWhileEnginesCompeteAndWritersAppend() {
        Seed seed = Seed.next();
        // A lease this short is lost all the time, which is what makes them compete.
        EngineOptions options = EngineOptions.of(ledger()).withLease(Duration.ofMillis(2));
        Projections one = engine(options);
        Projections two = engine(options);
        one.start();
        two.start();
        List<TenantId> tenants = List.of(tenant, Fresh.tenant());
        Racers.together(4, writer -> {
            SplittableRandom random = new SplittableRandom(seed.value() + writer);
            for (int i = 0; i < 60; i++) {
                TenantId whose = tenants.get(random.nextInt(2));
                post(store, whose, random.nextBoolean() ? cash : bank, "w" + writer, "i" + i);
            }
            return true;
        });

        for (TenantId each : tenants) {
            Eventually.holds("all is applied, " + seed, () -> isCaughtUp(one, each));
            assertComplete(two, each, LedgerOracle.of(store, each));
        }
    }

    @Test
    void eventsComeInTheOrderOfTheirPositions() {
        ConcurrentLinkedQueue<Long> heard = new ConcurrentLinkedQueue<>();
        Projections engine = engine(EngineOptions.of(ledger().before((event, context) -> {
            heard.add(event.position().value());
        })));
        engine.start();
        postSome(80);
        Eventually.holds("the read model catches up", () -> isCaughtUp(engine, tenant));

        List<Long> expected = new ArrayList<>();
        for (long position = 1; position <= live(engine).head().value(); position++) {
            expected.add(position);
        }
        assertThat(heard).containsExactlyElementsOf(expected);
    }

    @Test
    void aProjectorIsGivenItsTypesOnlyAndItsCheckpointPassesTheOthers() {
        post(cash, "JE-1");
        store.append(tenant, StreamAppend.of(bank, ExpectedVersion.any(), NewEvent.of(new Counted(1, 1))));
        post(cash, "JE-2");
        store.append(tenant, StreamAppend.of(bank, ExpectedVersion.any(), NewEvent.of(new Counted(1, 2))));
        Projections engine = engine(EngineOptions.of(ledger().ofTypes("posted")));

        assertThat(engine.run()).isEqualTo(2);

        assertComplete(engine, EventQuery.log().ofTypes("posted"));
        assertThat(live(engine).checkpoint()).isEqualTo(Position.of(4));
    }

    @Test
    void aPausedProjectionStandsStillUntilItIsResumed() {
        post(cash, "JE-1");
        Projections engine = engine(EngineOptions.of(ledger()));
        engine.run();
        engine.pause(tenant, LEDGER);
        post(cash, "JE-2");

        assertThat(engine.run()).isZero();
        assertThat(live(engine))
                .returns(ProjectionState.PAUSED, ProjectionStatus::state)
                .returns(1L, ProjectionStatus::lagInEvents);
        engine.resume(tenant, LEDGER);
        assertThat(engine.run()).isEqualTo(1);
        assertComplete(engine);
    }

    @Test
    void oneTurnHandlesOneBatch() {
        for (int i = 0; i < 25; i++) {
            post(cash, "JE-" + i);
        }
        Projections engine = engine(EngineOptions.of(ledger()).withBatchSize(10));

        assertThat(engine.runOnce()).isEqualTo(10);
        assertThat(live(engine).checkpoint()).isEqualTo(Position.of(10));
        assertThat(engine.runOnce()).isEqualTo(10);
        assertThat(engine.runOnce()).isEqualTo(5);
    }
}
