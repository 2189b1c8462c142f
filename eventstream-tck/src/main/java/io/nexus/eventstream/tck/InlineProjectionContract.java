package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.projection.ProjectionException;
import io.nexus.eventstream.projection.ProjectionStatus;
import io.nexus.eventstream.projection.Projections;
import io.nexus.eventstream.projection.SlotRole;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Appends that update read models in their own transaction. */
abstract class InlineProjectionContract extends EngineContract {

    private static final int APPENDS_AFTER_THE_SWITCH = 20;

    InlineProjectionContract(ProjectionFixture fixture) {
        super(fixture);
    }

    @Test
    void theReadModelContainsAnAppendWhenItReturns() {
        store = fixture.open(List.of(ledger()));
        Projections engine = engine(EngineOptions.of());
        for (int i = 0; i < 10; i++) {
            post(i % 3 == 0 ? cash : bank, "JE-" + i, "JE-" + i + "-storno");
            assertComplete(engine);
        }

        ProjectionStatus status = live(engine);
        assertThat(status.inline()).isTrue();
        assertThat(status.checkpoint()).isEqualTo(Position.of(20));
        assertThat(status.lagInEvents()).isZero();
        assertThat(status.handled()).isEqualTo(20);
        assertThat(engine.run()).isZero();
    }

    @Test
    void aProjectorThatThrowsFailsThatAppendAloneAndNothingIsLeftOfIt() {
        store = fixture.open(List.of(ledger().named("audit"), fragileLedger()));
        Projections engine = engine(EngineOptions.of());
        post(cash, "JE-1");

        assertThatThrownBy(() -> post(cash, "JE-2", "poison")).isInstanceOfSatisfying(ProjectionException.class, e -> {
            assertThat(e.projection()).isEqualTo(LEDGER);
            assertThat(e.tenant()).isEqualTo(tenant);
            assertThat(e).hasRootCauseMessage("the entry is poison");
        });
        assertThat(store.head(tenant).orElseThrow().position()).isEqualTo(Position.of(1));
        assertThat(store.version(tenant, cash).value()).isEqualTo(1);
        assertThat(live(engine).checkpoint()).isEqualTo(Position.of(1));
        assertComplete(engine);
        assertAuditIsComplete(engine);

        assertThat(post(cash, "JE-3").position()).isEqualTo(Position.of(2));
        assertComplete(engine);
        assertAuditIsComplete(engine);
    }

    /** The one that ran before the one that failed wrote something, and must not have. */
    private void assertAuditIsComplete(Projections engine) {
        String table = engine.table(tenant, "audit", LedgerView.SEEN + "_audit");
        assertThat(fixture.rows().committed(store, tenant, table))
                .isEqualTo(LedgerOracle.of(store, tenant).seen());
    }

    @Test
    void aFirstAppendThatFailsLeavesNothingAndTheNextOneBegins() {
        store = fixture.open(List.of(fragileLedger()));
        Projections engine = engine(EngineOptions.of());

        assertThatThrownBy(() -> post(cash, "poison")).isInstanceOf(ProjectionException.class);
        assertThat(store.head(tenant)).isEmpty();
        assertThat(engine.status(tenant, LEDGER)).isEmpty();
        post(bank, "JE-1");
        assertThat(live(engine).inline()).isTrue();
        assertComplete(engine);
    }

    @Test
    void onALogWithHistoryTheEngineCatchesUpAndSwitchesWhileWritersAppend() {
        postSome(100);
        store = fixture.reopen(store, List.of(ledger()));
        Projections engine = engine(EngineOptions.of().withBatchSize(7));
        List<CompletableFuture<Integer>> writers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            StreamId stream = StreamId.of("account", "writer-" + i);
            writers.add(Racers.begin(() -> appendUntilSwitched(engine, stream)));
        }
        engine.start();
        writers.forEach(writer -> assertThat(Racers.result(writer)).isPositive());

        assertThat(live(engine).inline()).isTrue();
        assertThat(live(engine).lagInEvents()).isZero();
        assertThat(engine.status(tenant, LEDGER)).hasSize(1);
        assertThat(live(engine).handled()).isEqualTo(seen(engine).size());
        assertComplete(engine);
    }

    /** Appends until the switch and a few times more; whatever is appended after it must be seen at once. */
    private int appendUntilSwitched(Projections engine, StreamId stream) {
        int appends = 0;
        long begin = System.nanoTime();
        for (int after = 0; after < APPENDS_AFTER_THE_SWITCH; appends++) {
            boolean switched = engine.status(tenant, LEDGER).stream()
                    .anyMatch(each -> each.role() == SlotRole.LIVE && each.inline());
            AppendResult result = post(stream, "JE-" + appends);
            if (switched) {
                assertThat(seen(engine)).containsKey(result.position().toString());
                after++;
            }
            if (System.nanoTime() - begin > Eventually.GUARD.toNanos()) {
                throw new AssertionError("the engine did not switch in %d s, after %d appends"
                        .formatted(Eventually.GUARD.toSeconds(), appends));
            }
        }
        return appends;
    }
}
