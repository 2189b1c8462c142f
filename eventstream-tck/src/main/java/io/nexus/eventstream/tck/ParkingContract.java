package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.Position;
import io.nexus.eventstream.projection.ParkedEvent;
import io.nexus.eventstream.projection.ProjectionException;
import io.nexus.eventstream.projection.ProjectionListener;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.projection.ProjectionStatus;
import io.nexus.eventstream.projection.Projections;
import io.nexus.eventstream.projection.RebuildOptions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Where asked for, an event that fails is put aside with its stream, and nothing is skipped. */
abstract class ParkingContract extends EngineContract {

    ParkingContract(ProjectionFixture fixture) {
        super(fixture);
    }

    @Test
    void theFailingEventAndTheLaterOnesOfItsStreamArePutAside() {
        ConcurrentLinkedQueue<ParkedEvent> told = new ConcurrentLinkedQueue<>();
        Projections engine = engine(EngineOptions.of(fragileLedger()).parking().telling(new ProjectionListener() {
            @Override
            public void onParked(ProjectionStatus status, ParkedEvent event) {
                told.add(event);
            }
        }));
        post(cash, "JE-1");
        post(cash, "poison");
        post(bank, "JE-2");
        post(cash, "JE-3");
        post(bank, "JE-4");
        engine.run();

        assertThat(live(engine).state()).isEqualTo(ProjectionState.RUNNING);
        assertThat(live(engine).lagInEvents()).isZero();
        assertThat(live(engine).parked()).isEqualTo(2);
        assertThat(seen(engine)).containsOnlyKeys("1", "3", "5");
        List<ParkedEvent> parked = engine.parked(tenant, LEDGER);
        assertThat(parked).extracting(ParkedEvent::position).containsExactly(Position.of(2), Position.of(4));
        assertThat(parked.get(0).error()).contains("IllegalStateException").doesNotContain("poison");
        assertThat(parked.get(1).error()).isEmpty();
        assertThat(told).singleElement().extracting(ParkedEvent::position).isEqualTo(Position.of(2));
    }

    @Test
    void whatWasPutAsideIsReplayedInOrderOnceMended() {
        Projections engine = engine(EngineOptions.of(fragileLedger()).parking());
        post(cash, "JE-1", "poison", "JE-2");
        post(bank, "JE-3");
        post(cash, "JE-4");
        engine.run();
        broken.set(false);

        assertThat(engine.replayParked(tenant, LEDGER)).isEqualTo(3);

        assertThat(engine.parked(tenant, LEDGER)).isEmpty();
        assertThat(live(engine).parked()).isZero();
        assertComplete(engine);
        post(cash, "JE-5");
        engine.run();
        assertComplete(engine);
    }

    @Test
    void aReplayGoesAsFarAsItCan() {
        AtomicLong failing = new AtomicLong(1);
        Projections engine = engine(EngineOptions.of(ledger().before((event, context) -> {
                    if (event.position().value() == failing.get()) {
                        throw new IllegalStateException("not yet");
                    }
                }))
                .parking());
        post(cash, "JE-1");
        post(cash, "JE-2");
        post(cash, "JE-3");
        engine.run();
        failing.set(3);

        assertThatThrownBy(() -> engine.replayParked(tenant, LEDGER))
                .isInstanceOfSatisfying(
                        ProjectionException.class,
                        failure -> assertThat(failure.position()).isEqualTo(Position.of(3)));

        assertThat(engine.parked(tenant, LEDGER))
                .extracting(ParkedEvent::position)
                .containsExactly(Position.of(3));
        assertThat(seen(engine)).containsOnlyKeys("1", "2");
    }

    @Test
    void nothingIsSkippedOrDoubledWhileTheStreamGrowsDuringTheReplay() {
        Projections engine = engine(EngineOptions.of(fragileLedger()).parking());
        engine.start();
        post(cash, "poison");
        Eventually.holds("it is put aside", () -> engine.parked(tenant, LEDGER).size() == 1);
        broken.set(false);
        CompletableFuture<Boolean> writer = Racers.begin(() -> {
            for (int i = 0; i < 150; i++) {
                post(i % 3 == 0 ? bank : cash, "JE-" + i);
            }
            return true;
        });
        while (!writer.isDone()) {
            engine.replayParked(tenant, LEDGER);
        }
        Racers.result(writer);

        Eventually.holds("the log is behind it", () -> isCaughtUp(engine, tenant));
        engine.replayParked(tenant, LEDGER);
        assertThat(engine.parked(tenant, LEDGER)).isEmpty();
        assertComplete(engine);
    }

    @Test
    void aRebuildPutsAsideForItself() {
        Projections engine = engine(EngineOptions.of(fragileLedger()).parking());
        post(cash, "poison");
        post(bank, "JE-1");
        engine.run();
        engine.rebuild(tenant, LEDGER, new RebuildOptions(1, false));
        engine.run();

        assertThat(engine.parked(tenant, LEDGER)).hasSize(1);
        broken.set(false);
        engine.replayParked(tenant, LEDGER);
        assertComplete(engine);
        assertThat(live(engine).parked()).isZero();
    }
}
