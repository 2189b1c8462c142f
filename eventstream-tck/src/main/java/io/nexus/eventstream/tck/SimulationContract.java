package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.projection.DryRunReport;
import io.nexus.eventstream.projection.ProjectionException;
import io.nexus.eventstream.projection.ProjectionStatus;
import io.nexus.eventstream.projection.Projections;
import io.nexus.eventstream.projection.ReadModelDifference;
import io.nexus.eventstream.projection.SlotRole;
import io.nexus.eventstream.tck.LedgerEvent.Counted;
import io.nexus.eventstream.tck.LedgerEvent.Noted;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Read models for the moment, which leave nothing behind. */
abstract class SimulationContract extends EngineContract {

    SimulationContract(ProjectionFixture fixture) {
        super(fixture);
    }

    @Test
    void aDryRunTellsWhatItHandledAndBeginsNothing() {
        post(cash, "JE-1", "JE-2");
        appendOther();
        post(bank, "JE-3");
        Projections engine = engine(EngineOptions.of(ledger()));

        DryRunReport report = engine.dryRun(tenant, ledger());

        assertThat(report.upTo()).isEqualTo(Position.of(5));
        assertThat(report.handled()).isEqualTo(Map.of("posted", 3L, "counted", 1L, "remark", 1L));
        assertThat(report.failure()).isEmpty();
        assertThat(report.differences()).isEmpty();
        assertThat(engine.status(tenant, LEDGER)).isEmpty();
        assertThat(engine.dryRun(tenant, ledger().ofTypes("posted")).handled()).isEqualTo(Map.of("posted", 3L));
    }

    @Test
    void aDryRunBesideALiveReadModelLeavesItAsItIs() {
        postSome(30);
        Projections engine = engine(EngineOptions.of(ledger()));
        engine.run();
        ProjectionStatus before = live(engine);

        assertThat(engine.dryRun(tenant, ledger()).differences()).isEmpty();
        assertComplete(engine);
        assertThat(engine.status(tenant, LEDGER)).hasSize(1);
        assertThat(live(engine).checkpoint()).isEqualTo(before.checkpoint());
        assertThat(live(engine).handled()).isEqualTo(before.handled());
    }

    @Test
    void aDryRunTellsWhatAChangedProjectorWouldWriteOtherwise() {
        post(cash, "JE-1");
        Projections engine = engine(EngineOptions.of(ledger()));
        engine.run();
        LedgerView changed = ledger().withVersion(2)
                .before((event, context) -> fixture.rows().put(context, LedgerView.TOTALS, "new row", "0 0.00 0"));

        List<ReadModelDifference> differences = engine.dryRun(tenant, changed).differences();

        assertThat(differences).singleElement().satisfies(difference -> {
            assertThat(difference.table()).isEqualTo(LedgerView.TOTALS);
            assertThat(difference.build()).isEqualTo(SlotRole.BUILDING);
            assertThat(difference.row()).contains("new row");
        });
        assertComplete(engine);
        assertThat(live(engine).version()).isEqualTo(1);
    }

    @Test
    void aDryRunTellsTheEventThatTheProjectorFailsOn() {
        post(cash, "JE-1");
        appendOther();
        post(bank, "poison");
        post(bank, "JE-2");
        Projections engine = engine(EngineOptions.of(ledger()));

        DryRunReport report = engine.dryRun(tenant, fragileLedger());

        assertThat(report.failure()).hasValueSatisfying(failure -> {
            assertThat(failure.position()).isEqualTo(Position.of(4));
            assertThat(failure.error()).contains("IllegalStateException");
        });
        assertThat(report.handled()).isEqualTo(Map.of("posted", 1L, "counted", 1L, "remark", 1L));
        assertThat(engine.status(tenant, LEDGER)).isEmpty();
    }

    @Test
    void aDryRunOfATenantWithoutEventsFindsNothing() {
        DryRunReport report = engine(EngineOptions.of(ledger())).dryRun(tenant, ledger());

        assertThat(report.upTo()).isEqualTo(Position.START);
        assertThat(report.handled()).isEmpty();
        assertThat(report.failure()).isEmpty();
    }

    @Test
    void aReadModelOfARecordedMomentIsTheFoldOfThatMoment() {
        List<AppendResult> moments = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            moments.add(post(i % 3 == 0 ? cash : bank, "JE-" + i, "JE-" + i + "-storno"));
        }
        // A moment is final once something later was recorded.
        post(cash, "JE-after");
        Projections engine = engine(EngineOptions.of(ledger()));

        for (AppendResult moment : moments) {
            LedgerOracle then = LedgerOracle.of(store, tenant, EventQuery.log().upTo(moment.position()));
            assertThat(then.seen()).hasSize((int) moment.position().value());
            assertThat(liveAsOf(engine, AsOf.recorded(moment.recordedAt()))).isEqualTo(then);
        }
        assertThat(liveAsOf(engine, AsOf.now())).isEqualTo(LedgerOracle.of(store, tenant));
        assertThat(engine.status(tenant, LEDGER)).isEmpty();
    }

    @Test
    void aReadModelForTheMomentLeavesTheLiveOneAsItIs() {
        AppendResult first = post(cash, "JE-1");
        post(cash, "JE-2");
        Projections engine = engine(EngineOptions.of(ledger()));
        engine.run();

        assertThat(liveAsOf(engine, AsOf.recorded(first.recordedAt())).seen()).containsOnlyKeys("1");
        assertComplete(engine);
        assertThat(engine.status(tenant, LEDGER)).hasSize(1);
    }

    @Test
    void aReadModelForTheMomentFailsWithItsProjector() {
        post(cash, "JE-1");
        post(cash, "poison");
        Projections engine = engine(EngineOptions.of(ledger()));

        assertThatThrownBy(() -> engine.live(tenant, fragileLedger(), AsOf.now(), context -> "no answer"))
                .isInstanceOf(ProjectionException.class)
                .hasRootCauseMessage("the entry is poison");
        assertThat(engine.status(tenant, LEDGER)).isEmpty();
    }

    private LedgerOracle liveAsOf(Projections engine, AsOf asOf) {
        return engine.live(
                tenant,
                ledger(),
                asOf,
                context -> new LedgerOracle(
                        fixture.rows().all(context, LedgerView.SEEN),
                        fixture.rows().all(context, LedgerView.TOTALS)));
    }

    private void appendOther() {
        store.append(
                tenant,
                StreamAppend.of(
                        cash,
                        ExpectedVersion.any(),
                        NewEvent.of(new Counted(1, 1)),
                        NewEvent.of(new Noted("a remark", Map.of()))));
    }
}
