package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.projection.ProjectionStatus;
import io.nexus.eventstream.projection.Projections;
import io.nexus.eventstream.projection.RebuildOptions;
import io.nexus.eventstream.projection.SlotRole;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Side effects: an event is no replay once, in whichever build, so that a mail goes out once and does go out. */
abstract class ReplayContract extends EngineContract {

    /** Never emptied: a row for each event that was no replay, in the transaction that handled it. */
    private static final String SENT = "tck_sent";

    private static final int HISTORIES = 3;
    private static final int STEPS = 60;

    ReplayContract(ProjectionFixture fixture) {
        super(fixture);
    }

    /** Sends a mail for each event that is no replay, and fails on poison while it is broken. */
    private LedgerView mailing() {
        return ledger().partitionable().before((event, context) -> {
            failingOnPoison().accept(event, context);
            send(event, context);
        });
    }

    private void send(RecordedEvent event, ProjectionContext context) {
        fixture.rows().prepare(context, SENT);
        String position = event.position().toString();
        if (!context.isReplay()) {
            assertThat(fixture.rows().get(context, SENT, position))
                    .as("mail for %s", position)
                    .isEmpty();
            fixture.rows().put(context, SENT, position, "");
        }
    }

    @Test
    void eventsFromBeforeTheFirstBuildAreAReplay() {
        Map<Long, Boolean> replay = new ConcurrentHashMap<>();
        Projections engine = engine(EngineOptions.of(
                ledger().before((event, context) -> replay.put(event.position().value(), context.isReplay()))));
        post(cash, "JE-1");
        post(cash, "JE-2");
        engine.run();
        post(cash, "JE-3");
        engine.run();
        assertThat(replay).isEqualTo(Map.of(1L, true, 2L, true, 3L, false));
    }

    @Test
    void anEventThatIsRecordedDuringARebuildIsNoReplayOnce() {
        Projections engine = mailingFromTheThird();
        engine.rebuild(tenant, LEDGER, RebuildOptions.defaults());
        post(cash, "JE-3");
        engine.run();
        post(cash, "JE-4");
        engine.run();

        assertThat(live(engine).slot()).isEqualTo("v1_b");
        assertThat(sent()).containsExactly(3, 4);
        assertComplete(engine);
    }

    @Test
    void aRebuildTakesThePlaceOfALiveOneThatIsPausedAndHandlesWhatThatHasNot() {
        Projections engine = mailingFromTheThird();
        post(cash, "JE-3");
        engine.run();
        engine.pause(tenant, LEDGER);
        post(cash, "JE-4");
        engine.rebuild(tenant, LEDGER, RebuildOptions.defaults());
        post(cash, "JE-5");
        engine.run();

        assertThat(status(engine, SlotRole.PREVIOUS).state()).isEqualTo(ProjectionState.PAUSED);
        assertThat(live(engine).slot()).isEqualTo("v1_b");
        assertThat(sent()).containsExactly(3, 4, 5);
        assertComplete(engine);
    }

    @Test
    void aRebuildInPartsTakesThePlaceOfALiveOneThatHasFailedAndHandlesWhatThatHasNot() {
        Projections engine = mailingFromTheThird();
        post(bank, "JE-3");
        post(cash, "poison");
        engine.run();
        assertThat(live(engine).state()).isEqualTo(ProjectionState.FAILED);
        broken.set(false);
        post(bank, "JE-5");
        engine.rebuild(tenant, LEDGER, new RebuildOptions(3, false));
        post(cash, "JE-6");
        engine.run();

        assertThat(live(engine).slot()).isEqualTo("v1_b");
        assertThat(sent()).containsExactly(3, 4, 5, 6);
        assertComplete(engine);
    }

    /** A higher version finds a live build that nobody brings further. */
    @Test
    void whatIsRecordedBetweenTwoReleasesIsNoReplayOnce() {
        Projections older = mailingFromTheThird();
        post(cash, "JE-3");
        older.run();
        older.close();
        post(cash, "JE-4");
        Projections newer = engine(EngineOptions.of(mailing().withVersion(2)));
        newer.run();
        post(cash, "JE-5");
        newer.run();

        assertThat(live(newer).version()).isEqualTo(2);
        assertThat(sent()).containsExactly(3, 4, 5);
        assertComplete(newer);
    }

    @Test
    void afterARollBackWhatTheOtherHasHandledIsAReplay() {
        Projections engine = mailingFromTheThird();
        engine.rebuild(tenant, LEDGER, RebuildOptions.defaults());
        engine.run();
        post(cash, "JE-3");
        engine.run();
        engine.rollBack(tenant, LEDGER);
        assertThat(live(engine).checkpoint()).isEqualTo(Position.of(2));
        post(cash, "JE-4");
        engine.run();
        engine.rollBack(tenant, LEDGER);
        engine.run();

        assertThat(sent()).containsExactly(3, 4);
        assertComplete(engine);
    }

    @Test
    void eachEventIsNoReplayExactlyOnceWhateverIsDone() {
        Seed seed = Seed.next();
        SplittableRandom random = seed.random();
        try {
            for (int i = 0; i < HISTORIES; i++) {
                openStore();
                history(random);
            }
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("a random history went wrong, run it again with %s".formatted(seed), e);
        }
    }

    private void history(SplittableRandom random) {
        EngineOptions options = EngineOptions.of(mailing()).withBatchSize(1 + random.nextInt(10));
        List<Projections> engines = List.of(engine(options), engine(options));
        broken.set(false);
        post(cash, "JE-1");
        post(cash, "JE-2");
        engines.get(0).runOnce();
        for (int step = 0; step < STEPS; step++) {
            Projections engine = engines.get(random.nextInt(2));
            switch (random.nextInt(12)) {
                case 0 -> engine.run();
                case 1, 2, 3 -> engine.runOnce();
                case 4 -> rebuildOrCancel(engine, random);
                case 5 -> rollBackIfPossible(engine);
                case 6 -> stop(engine, random);
                case 7 -> resume(engine);
                default -> postSome(random, 1 + random.nextInt(3));
            }
        }
        resume(engines.get(0));
        engines.forEach(Projections::run);
        assertAllSent(engines.get(0));
    }

    private void rebuildOrCancel(Projections engine, SplittableRandom random) {
        if (!isBuilding(engine)) {
            engine.rebuild(tenant, LEDGER, new RebuildOptions(1 + random.nextInt(3), random.nextInt(4) == 0));
        } else if (random.nextInt(4) == 0) {
            engine.cancel(tenant, LEDGER);
        }
    }

    private void rollBackIfPossible(Projections engine) {
        if (engine.status(tenant, LEDGER).stream().anyMatch(each -> each.role() == SlotRole.PREVIOUS)) {
            engine.rollBack(tenant, LEDGER);
        }
    }

    /** Pauses what runs, or lets it fail. */
    private void stop(Projections engine, SplittableRandom random) {
        if (random.nextBoolean()) {
            broken.set(true);
            post(bank, "poison");
            engine.run();
        } else if (states(engine).anyMatch(ProjectionState.RUNNING::equals)) {
            engine.pause(tenant, LEDGER);
        }
    }

    private void resume(Projections engine) {
        broken.set(false);
        if (states(engine).anyMatch(state -> state != ProjectionState.RUNNING)) {
            engine.resume(tenant, LEDGER);
        }
    }

    private Stream<ProjectionState> states(Projections engine) {
        return engine.status(tenant, LEDGER).stream()
                .filter(each -> each.role() != SlotRole.PREVIOUS)
                .map(ProjectionStatus::state);
    }

    @Test
    void eachEventIsNoReplayExactlyOnceWhileAppendsAndRebuildsGoOn() {
        Projections engine = mailingFromTheThird();
        Projections other = engine(EngineOptions.of(mailing()));
        engine.start();
        other.start();
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
        for (int i = 0; i < 4; i++) {
            engine.rebuild(tenant, LEDGER, new RebuildOptions(1 + i % 2, false));
            Eventually.holds("the rebuild is live", () -> !isBuilding(engine));
        }
        engine.rollBack(tenant, LEDGER);
        writers.forEach(Racers::result);

        Eventually.holds("it has caught up", () -> isCaughtUp(engine, tenant));
        assertAllSent(engine);
    }

    /** Returns an engine whose read model has begun with two events, so that mails are sent from the third on. */
    private Projections mailingFromTheThird() {
        Projections engine = engine(EngineOptions.of(mailing()));
        post(cash, "JE-1");
        post(cash, "JE-2");
        engine.run();
        assertThat(sent()).isEmpty();
        return engine;
    }

    private void assertAllSent(Projections engine) {
        assertComplete(engine);
        long head = live(engine).head().value();
        assertThat(sent()).containsExactly(LongStream.rangeClosed(3, head).toArray());
    }

    /** Returns for which events mails were sent, as often as they were, in order. */
    private long[] sent() {
        return Stream.of("v1_a", "v1_b", "v2_a")
                .flatMap(slot -> fixture.rows().committed(store, tenant, SENT + "_" + slot).keySet().stream())
                .mapToLong(Long::parseLong)
                .sorted()
                .toArray();
    }
}
