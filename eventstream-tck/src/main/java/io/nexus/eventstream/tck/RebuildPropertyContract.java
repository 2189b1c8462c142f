package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.projection.Projections;
import io.nexus.eventstream.projection.RebuildOptions;
import io.nexus.eventstream.projection.SlotRole;
import io.nexus.eventstream.tck.LedgerEvent.Counted;
import io.nexus.eventstream.tck.LedgerEvent.Noted;
import io.nexus.eventstream.tck.LedgerEvent.Posted;
import java.math.BigDecimal;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Whatever happened: a read model built event by event, one built anew, and a fold over the log are the same. */
abstract class RebuildPropertyContract extends EngineContract {

    private static final int HISTORIES = 3;
    private static final int STEPS = 60;

    RebuildPropertyContract(ProjectionFixture fixture) {
        super(fixture);
    }

    @Test
    void builtAnewIsBuiltBitByBitIsTheFoldOfTheLog() {
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
        append(random);
        EngineOptions options = EngineOptions.of(ledger().partitionable()).withBatchSize(1 + random.nextInt(20));
        Projections engine = engine(options);
        for (int step = 0; step < STEPS; step++) {
            switch (random.nextInt(10)) {
                case 0 -> engine.run();
                case 1, 2 -> engine.runOnce();
                case 3 -> rebuildUnlessBuilding(engine, random);
                case 4 -> rollBackIfPossible(engine, random);
                case 5 -> {
                    if (random.nextInt(3) == 0) {
                        engine.close();
                        engine = engine(options);
                    }
                }
                default -> append(random);
            }
        }
        engine.run();
        assertComplete(engine);

        Map<String, String> seenBefore = seen(engine);
        Map<String, String> totalsBefore = rows(engine, tenant, LedgerView.TOTALS);
        String tableBefore = engine.table(tenant, LEDGER, LedgerView.SEEN);
        engine.rebuild(tenant, LEDGER, new RebuildOptions(1 + random.nextInt(4), random.nextBoolean()));
        engine.run();
        assertThat(engine.table(tenant, LEDGER, LedgerView.SEEN)).isNotEqualTo(tableBefore);
        assertThat(seen(engine)).isEqualTo(seenBefore);
        assertThat(rows(engine, tenant, LedgerView.TOTALS)).isEqualTo(totalsBefore);
        assertThat(live(engine).handled()).isEqualTo(seenBefore.size());
        assertComplete(engine);
    }

    private void rebuildUnlessBuilding(Projections engine, SplittableRandom random) {
        if (!isBuilding(engine)) {
            engine.rebuild(tenant, LEDGER, new RebuildOptions(1 + random.nextInt(4), random.nextBoolean()));
        } else if (random.nextInt(4) == 0) {
            assertThat(engine.cancel(tenant, LEDGER)).isTrue();
        }
    }

    private void rollBackIfPossible(Projections engine, SplittableRandom random) {
        boolean hasPrevious = engine.status(tenant, LEDGER).stream().anyMatch(each -> each.role() == SlotRole.PREVIOUS);
        if (hasPrevious && random.nextBoolean()) {
            engine.rollBack(tenant, LEDGER);
        }
    }

    private void append(SplittableRandom random) {
        NewEvent[] events = new NewEvent[1 + random.nextInt(8)];
        for (int i = 0; i < events.length; i++) {
            events[i] = event(random);
        }
        StreamId stream = StreamId.of(random.nextBoolean() ? "account" : "order", "s" + random.nextInt(6));
        store.append(tenant, StreamAppend.of(stream, ExpectedVersion.any(), events));
    }

    private static NewEvent event(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> NewEvent.of(new Counted(random.nextInt(5), random.nextInt(100)));
            case 1 -> NewEvent.of(new Noted("remark " + random.nextInt(100), Map.of("of", "a clerk")));
            default -> NewEvent.of(new Posted("JE", BigDecimal.valueOf(random.nextInt(-100_000, 100_000), 2)));
        };
    }
}
