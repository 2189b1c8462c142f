package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.projection.ProjectionTimeoutException;
import io.nexus.eventstream.projection.Projections;
import io.nexus.eventstream.projection.RebuildOptions;
import io.nexus.eventstream.projection.SlotRole;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** A read model is built anew beside the one that serves. */
abstract class RebuildContract extends EngineContract {

    RebuildContract(ProjectionFixture fixture) {
        super(fixture);
    }

    @Test
    void theLiveOneServesUntilTheNewOneIsComplete() {
        postSome(60);
        Projections engine = engine(EngineOptions.of(ledger()));
        engine.run();
        String before = engine.table(tenant, LEDGER, LedgerView.SEEN);
        engine.rebuild(tenant, LEDGER, new RebuildOptions(1, false));
        engine.runOnce();

        assertThat(isBuilding(engine)).isTrue();
        assertThat(engine.table(tenant, LEDGER, LedgerView.SEEN)).isEqualTo(before);
        assertComplete(engine);

        engine.run();
        String after = engine.table(tenant, LEDGER, LedgerView.SEEN);
        assertThat(after).isNotEqualTo(before);
        assertComplete(engine);
        assertThat(status(engine, SlotRole.PREVIOUS).slot()).isEqualTo(before.substring(LedgerView.SEEN.length() + 1));
        assertThat(fixture.rows().committed(store, tenant, before)).isEqualTo(seen(engine));
    }

    @Test
    void theOneBeforeCanBeMadeLiveAgainAndGoesOn() {
        postSome(20);
        Projections engine = engine(EngineOptions.of(ledger()));
        engine.run();
        String before = engine.table(tenant, LEDGER, LedgerView.SEEN);
        engine.rebuild(tenant, LEDGER, new RebuildOptions(1, false));
        engine.run();
        postSome(5);
        engine.run();

        engine.rollBack(tenant, LEDGER);

        assertThat(engine.table(tenant, LEDGER, LedgerView.SEEN)).isEqualTo(before);
        assertThat(live(engine).lagInEvents()).isPositive();
        engine.run();
        assertComplete(engine);
    }

    @Test
    void waitingAfterARollBackIsForTheOneThatServes() {
        post(cash, "JE-1");
        Projections engine = engine(EngineOptions.of(ledger()));
        engine.run();
        engine.rebuild(tenant, LEDGER, new RebuildOptions(1, false));
        engine.run();
        AppendResult result = post(cash, "JE-2");
        engine.run();
        engine.rollBack(tenant, LEDGER);

        assertThatThrownBy(() -> engine.awaitProjection(tenant, result, LEDGER, Duration.ofMillis(1)))
                .isInstanceOf(ProjectionTimeoutException.class);
    }

    @Test
    void itCanBeRebuiltAgainAndAgain() {
        postSome(20);
        Projections engine = engine(EngineOptions.of(ledger()));
        engine.run();
        for (int i = 0; i < 3; i++) {
            String before = engine.table(tenant, LEDGER, LedgerView.SEEN);
            engine.rebuild(tenant, LEDGER, new RebuildOptions(1, false));
            engine.run();
            assertThat(isBuilding(engine)).isFalse();
            assertThat(engine.table(tenant, LEDGER, LedgerView.SEEN)).isNotEqualTo(before);
            assertComplete(engine);
        }
    }

    @Test
    void inPartsItComesToTheSame() {
        postSome(120);
        Projections engine = engine(EngineOptions.of(ledger().partitionable()));
        engine.run();
        String before = engine.table(tenant, LEDGER, LedgerView.SEEN);
        engine.rebuild(tenant, LEDGER, new RebuildOptions(4, false));
        assertThat(engine.status(tenant, LEDGER)).hasSize(5);
        postSome(10);
        engine.run();

        assertThat(engine.table(tenant, LEDGER, LedgerView.SEEN)).isNotEqualTo(before);
        assertComplete(engine);
        assertThat(live(engine).handled()).isEqualTo(seen(engine).size());
    }

    @Test
    void aPausedRebuildInPartsLosesNothing() {
        postSome(120);
        Projections engine = engine(EngineOptions.of(ledger().partitionable()));
        engine.run();
        engine.rebuild(tenant, LEDGER, new RebuildOptions(4, false));
        engine.runOnce();
        Projections fresh = engine(EngineOptions.of(ledger().partitionable()));
        engine.pause(tenant, LEDGER);
        fresh.resume(tenant, LEDGER);
        fresh.run();
        assertComplete(fresh);
    }

    @Test
    void onePartThatFailsKeepsTheLiveOneAndNobodyWaitsForEver() {
        post(cash, "JE-1");
        post(bank, "poison");
        broken.set(false);
        Projections engine = engine(EngineOptions.of(fragileLedger().partitionable()));
        engine.run();
        String before = engine.table(tenant, LEDGER, LedgerView.SEEN);
        broken.set(true);
        engine.rebuild(tenant, LEDGER, new RebuildOptions(4, false));

        Racers.result(Racers.begin(engine::run));
        assertThat(engine.table(tenant, LEDGER, LedgerView.SEEN)).isEqualTo(before);
        broken.set(false);
        engine.resume(tenant, LEDGER);
        engine.run();
        assertThat(isBuilding(engine)).isFalse();
        assertComplete(engine);
    }

    @Test
    void anotherEngineGoesOnWithARebuildThatWasInterrupted() {
        postSome(60);
        Projections first = engine(EngineOptions.of(ledger()));
        first.run();
        first.rebuild(tenant, LEDGER, new RebuildOptions(1, false));
        first.runOnce();
        Position halfway = status(first, SlotRole.BUILDING).checkpoint();
        first.close();
        Projections second = engine(EngineOptions.of(ledger()));
        assertThat(halfway)
                .isGreaterThan(Position.START)
                .isLessThan(live(second).head());
        second.run();

        assertThat(isBuilding(second)).isFalse();
        assertComplete(second);
    }

    @Test
    void aRebuildThatWasGivenUpLeavesTheLiveOne() {
        postSome(60);
        Projections engine = engine(EngineOptions.of(ledger()));
        engine.run();
        String before = engine.table(tenant, LEDGER, LedgerView.SEEN);
        engine.rebuild(tenant, LEDGER, new RebuildOptions(1, false));
        engine.runOnce();

        assertThat(engine.cancel(tenant, LEDGER)).isTrue();
        assertThat(engine.cancel(tenant, LEDGER)).isFalse();
        engine.run();
        assertThat(engine.status(tenant, LEDGER)).hasSize(1);
        assertThat(engine.table(tenant, LEDGER, LedgerView.SEEN)).isEqualTo(before);
        engine.rebuild(tenant, LEDGER, new RebuildOptions(1, false));
        engine.run();
        assertComplete(engine);
    }

    @Test
    void nothingIsDoneInTheBackgroundByAnEngineThatWasNotStarted() {
        post(cash, "JE-1");
        List<String> threads = new CopyOnWriteArrayList<>();
        Projections engine = engine(EngineOptions.of(ledger().before(
                        (event, context) -> threads.add(Thread.currentThread().getName()))));
        engine.run();
        for (int i = 0; i < 50; i++) {
            engine.rebuild(tenant, LEDGER, new RebuildOptions(1, false));
            engine.run();
        }

        assertThat(threads).containsOnly(Thread.currentThread().getName());
    }
}
