package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.projection.ProjectionListener;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.projection.ProjectionStatus;
import io.nexus.eventstream.projection.Projections;
import io.nexus.eventstream.projection.ReadModelDifference;
import io.nexus.eventstream.projection.RebuildOptions;
import io.nexus.eventstream.projection.SlotRole;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Rebuilds that are compared before they are read, and those that a new release brings. */
abstract class ComparedRebuildContract extends EngineContract {

    private static final String WRONG_ROW = "a row too many";

    private final AtomicBoolean wrong = new AtomicBoolean();
    private final Told told = new Told();

    ComparedRebuildContract(ProjectionFixture fixture) {
        super(fixture);
    }

    /** Writes a row that the log does not justify, while it is wrong. */
    private LedgerView wrongLedger() {
        return ledger().before((event, context) -> {
            if (wrong.get()) {
                fixture.rows().put(context, LedgerView.TOTALS, WRONG_ROW, "0 0.00 0");
            }
        });
    }

    private Projections wronglyBuilt() {
        postSome(30);
        Projections engine = engine(EngineOptions.of(wrongLedger()).telling(told));
        wrong.set(true);
        engine.run();
        wrong.set(false);
        assertThat(rows(engine, tenant, LedgerView.TOTALS)).containsKey(WRONG_ROW);
        return engine;
    }

    @Test
    void oneThatDiffersIsKeptBackAndToldUntilSomebodySwitches() {
        Projections engine = wronglyBuilt();
        String before = engine.table(tenant, LEDGER, LedgerView.SEEN);
        engine.rebuild(tenant, LEDGER, new RebuildOptions(1, true));
        engine.run();

        assertThat(engine.table(tenant, LEDGER, LedgerView.SEEN)).isEqualTo(before);
        assertThat(status(engine, SlotRole.BUILDING).state()).isEqualTo(ProjectionState.PAUSED);
        assertThat(told.switched).isEmpty();
        assertThat(told.differences)
                .singleElement()
                .satisfies(differences -> assertThat(differences)
                        .singleElement()
                        .satisfies(difference -> {
                            assertThat(difference.table()).isEqualTo(LedgerView.TOTALS);
                            assertThat(difference.build()).isEqualTo(SlotRole.LIVE);
                            assertThat(difference.row()).contains(WRONG_ROW);
                        }));

        postSome(5);
        engine.run();
        assertThat(live(engine).lagInEvents()).as("the live one goes on").isZero();
        engine.switchOver(tenant, LEDGER);
        engine.run();
        assertThat(engine.table(tenant, LEDGER, LedgerView.SEEN)).isNotEqualTo(before);
        assertThat(told.switched)
                .singleElement()
                .extracting(ProjectionStatus::role)
                .isEqualTo(SlotRole.LIVE);
        assertComplete(engine);
        assertThat(live(engine).handled()).isEqualTo(seen(engine).size());
    }

    @Test
    void oneThatDiffersCanBeGivenUp() {
        Projections engine = wronglyBuilt();
        engine.rebuild(tenant, LEDGER, new RebuildOptions(1, true));
        engine.run();

        assertThat(engine.cancel(tenant, LEDGER)).isTrue();
        assertThat(engine.status(tenant, LEDGER)).hasSize(1);
        assertThat(rows(engine, tenant, LedgerView.TOTALS)).containsKey(WRONG_ROW);
        assertThatThrownBy(() -> engine.switchOver(tenant, LEDGER)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aRowThatOnlyTheNewOneHasIsADifferenceToo() {
        postSome(10);
        Projections engine = engine(EngineOptions.of(wrongLedger()).telling(told));
        engine.run();
        wrong.set(true);
        engine.rebuild(tenant, LEDGER, new RebuildOptions(1, true));
        engine.run();

        assertThat(told.differences)
                .singleElement()
                .satisfies(differences -> assertThat(differences)
                        .singleElement()
                        .extracting(ReadModelDifference::build)
                        .isEqualTo(SlotRole.BUILDING));
        assertComplete(engine);
    }

    @Test
    void oneWithoutDifferencesSwitchesByItself() {
        postSome(60);
        Projections engine = engine(EngineOptions.of(ledger()).telling(told));
        engine.run();
        String before = engine.table(tenant, LEDGER, LedgerView.SEEN);
        engine.rebuild(tenant, LEDGER, new RebuildOptions(1, true));
        postSome(10);
        engine.run();

        assertThat(told.differences).isEmpty();
        assertThat(engine.status(tenant, LEDGER))
                .extracting(ProjectionStatus::role)
                .containsExactly(SlotRole.LIVE, SlotRole.PREVIOUS);
        assertThat(engine.table(tenant, LEDGER, LedgerView.SEEN)).isNotEqualTo(before);
        assertThat(told.switched).hasSize(1);
        assertComplete(engine);
    }

    @Test
    void oneInPartsIsComparedAsAWhole() {
        Projections engine = engine(EngineOptions.of(ledger().partitionable()).telling(told));
        postSome(60);
        engine.run();
        engine.rebuild(tenant, LEDGER, new RebuildOptions(3, true));
        postSome(10);
        engine.run();

        assertThat(isBuilding(engine)).isFalse();
        assertThat(told.differences).isEmpty();
        assertThat(told.switched).hasSize(1);
        assertComplete(engine);
    }

    /** The live one has failed in the midst of what was there before it began. */
    @Test
    void oneInPartsIsComparedWithALiveOneThatStandsStill() {
        postSome(10);
        post(bank, "poison");
        postSome(10);
        Projections engine =
                engine(EngineOptions.of(fragileLedger().partitionable()).telling(told));
        engine.run();
        assertThat(live(engine).state()).isEqualTo(ProjectionState.FAILED);
        broken.set(false);
        engine.rebuild(tenant, LEDGER, new RebuildOptions(3, true));

        Racers.result(Racers.begin(engine::run));
        assertThat(told.differences).isEmpty();
        assertThat(told.switched).hasSize(1);
        assertComplete(engine);
    }

    @Test
    void oneWithoutDifferencesSwitchesWhileAppendsGoOn() {
        postSome(60);
        Projections engine = engine(EngineOptions.of(ledger()).telling(told));
        engine.run();
        engine.start();
        List<CompletableFuture<Integer>> writers = writers();
        engine.rebuild(tenant, LEDGER, new RebuildOptions(1, true));

        writers.forEach(Racers::result);
        Eventually.holds("the rebuild is live", () -> told.switched.size() == 1);
        Eventually.holds("it has caught up", () -> isCaughtUp(engine, tenant));
        assertThat(told.differences).isEmpty();
        assertComplete(engine);
    }

    @Test
    void aProjectorOfAHigherVersionTakesThePlaceWhileAppendsGoOn() {
        postSome(60);
        Projections older = engine(EngineOptions.of(ledger()));
        older.run();
        older.start();
        String before = older.table(tenant, LEDGER, LedgerView.SEEN);
        List<CompletableFuture<Integer>> writers = writers();
        Projections newer = engine(EngineOptions.of(ledger().withVersion(2)).telling(told));
        newer.start();

        writers.forEach(Racers::result);
        Eventually.holds("the higher version is live", () -> live(newer).version() == 2);
        Eventually.holds("it has caught up", () -> isCaughtUp(newer, tenant));
        assertThat(newer.table(tenant, LEDGER, LedgerView.SEEN)).isNotEqualTo(before);
        assertThat(older.table(tenant, LEDGER, LedgerView.SEEN))
                .isEqualTo(newer.table(tenant, LEDGER, LedgerView.SEEN));
        assertThat(status(newer, SlotRole.PREVIOUS).version()).isEqualTo(1);
        assertThat(live(newer).handled()).isEqualTo(seen(newer).size());
        assertComplete(newer);
    }

    private List<CompletableFuture<Integer>> writers() {
        List<CompletableFuture<Integer>> writers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            StreamId stream = StreamId.of("account", "writer-" + i);
            writers.add(Racers.begin(() -> {
                for (int j = 0; j < 60; j++) {
                    post(stream, "JE-" + j);
                }
                return 60;
            }));
        }
        return writers;
    }

    /** Keeps what the engine tells. */
    private static final class Told implements ProjectionListener {

        final List<ProjectionStatus> switched = new CopyOnWriteArrayList<>();
        final List<List<ReadModelDifference>> differences = new CopyOnWriteArrayList<>();

        @Override
        public void onSwitched(ProjectionStatus status) {
            switched.add(status);
        }

        @Override
        public void onDifferences(ProjectionStatus status, List<ReadModelDifference> found) {
            differences.add(found);
        }
    }
}
