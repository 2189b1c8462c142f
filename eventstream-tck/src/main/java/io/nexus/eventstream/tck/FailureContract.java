package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.projection.ProjectionContext;
import io.nexus.eventstream.projection.ProjectionFailure;
import io.nexus.eventstream.projection.ProjectionListener;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.projection.ProjectionStatus;
import io.nexus.eventstream.projection.Projections;
import io.nexus.eventstream.projection.Projector;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A projection that fails stops, says so, and harms no other. */
abstract class FailureContract extends EngineContract {

    FailureContract(ProjectionFixture fixture) {
        super(fixture);
    }

    @Test
    void aFailingEventStopsItsProjectionBeforeItAndTheErrorIsKept() {
        post(cash, "JE-1");
        post(cash, "poison");
        post(bank, "JE-2");
        ConcurrentLinkedQueue<ProjectionStatus> told = new ConcurrentLinkedQueue<>();
        AtomicInteger attempts = new AtomicInteger();
        LedgerView counting = ledger().before((event, context) -> {
            if (event.position().value() == 2) {
                attempts.incrementAndGet();
            }
            failingOnPoison().accept(event, context);
        });
        Projections engine = engine(EngineOptions.of(counting).telling(new ProjectionListener() {
            @Override
            public void onFailed(ProjectionStatus status) {
                told.add(status);
            }
        }));
        engine.run();

        ProjectionStatus status = live(engine);
        ProjectionFailure failure = status.failure().orElseThrow();
        assertThat(status.state()).isEqualTo(ProjectionState.FAILED);
        assertThat(failure.position()).isEqualTo(Position.of(2));
        assertThat(failure.error()).contains("IllegalStateException");
        assertThat(failure.stackTrace()).contains("EngineContract");
        assertThat(failure.toString()).as("what may quote data").doesNotContain("poison");
        assertThat(told).singleElement().extracting(ProjectionStatus::failure).isEqualTo(status.failure());
        assertThat(attempts).as("three attempts and the batch before").hasValue(4);
        assertThat(seen(engine)).containsOnlyKeys("1");
        assertThat(engine.run()).isZero();

        broken.set(false);
        engine.resume(tenant, LEDGER);
        assertThat(engine.run()).isEqualTo(2);
        assertComplete(engine);
        assertThat(live(engine).failure()).isEmpty();
    }

    @Test
    void aFaultThatPassesIsOvercomeByTryingAgain() {
        post(cash, "JE-1", "JE-2", "JE-3");
        AtomicInteger faults = new AtomicInteger(2);
        Projections engine = engine(EngineOptions.of(ledger().before((event, context) -> {
            if (event.position().value() == 2 && faults.getAndDecrement() > 0) {
                throw new IllegalStateException("for now");
            }
        })));
        engine.run();

        assertThat(live(engine).state()).isEqualTo(ProjectionState.RUNNING);
        assertComplete(engine);
    }

    @Test
    void whatAProjectorWroteBeforeItThrewIsTakenBackWithTheCheckpoint() {
        post(cash, "JE-1", "JE-2", "poison");
        Projections engine = engine(EngineOptions.of(fragileLedger()));
        engine.run();

        assertThat(live(engine).checkpoint()).isEqualTo(Position.START);
        assertThat(live(engine).handled()).isZero();
        assertThat(seen(engine)).isEmpty();
        assertThat(rows(engine, tenant, LedgerView.TOTALS)).isEmpty();
    }

    @Test
    void otherTenantsAndOtherProjectionsGoOn() {
        List<TenantId> healthy = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            healthy.add(Fresh.tenant());
        }
        Projections engine = engine(EngineOptions.of(fragileLedger(), ledger().named("audit")));
        engine.start();
        post(cash, "poison");
        for (int i = 0; i < 10; i++) {
            healthy.forEach(each -> post(store, each, cash, "JE-1", "JE-2"));
        }

        for (TenantId each : healthy) {
            Eventually.holds("a healthy tenant is served", () -> isCaughtUp(engine, each));
            assertComplete(engine, each, LedgerOracle.of(store, each));
        }
        Eventually.holds(
                "the poison stops its projection",
                () -> !engine.status(tenant, LEDGER).isEmpty() && live(engine).state() == ProjectionState.FAILED);
        Eventually.holds(
                "the tenant's other projection goes on",
                () -> engine.status(tenant, "audit").stream().anyMatch(each -> each.lagInEvents() == 0));
    }

    @Test
    void anErrorThatIsNoExceptionStopsTheProjectionToo() {
        post(cash, "JE-1");
        Projections engine = engine(EngineOptions.of(ledger().before((event, context) -> {
            throw new AssertionError("not as it should be");
        })));
        engine.run();

        assertThat(live(engine).failure())
                .map(ProjectionFailure::error)
                .hasValueSatisfying(error -> assertThat(error).contains("AssertionError"));
    }

    @Test
    void aListenerThatThrowsHarmsNobody() {
        post(cash, "poison");
        Projections engine = engine(EngineOptions.of(fragileLedger()).telling(new ProjectionListener() {
            @Override
            public void onFailed(ProjectionStatus status) {
                throw new IllegalStateException("the pager is broken");
            }
        }));
        engine.run();

        assertThat(live(engine).state()).isEqualTo(ProjectionState.FAILED);
    }

    @Test
    void aListenerThatEndsInAnErrorHarmsNobody() {
        post(cash, "poison");
        Projections engine = engine(EngineOptions.of(fragileLedger()).telling(new ProjectionListener() {
            @Override
            public void onFailed(ProjectionStatus status) {
                throw new AssertionError("the pager is not as it should be");
            }
        }));

        assertThatCode(engine::run).doesNotThrowAnyException();
        assertThat(live(engine).state()).isEqualTo(ProjectionState.FAILED);
    }

    @Test
    void anErrorInThePreparationOfTablesStopsThatProjectionAndNotTheEngine() {
        Projections engine = engine(EngineOptions.of(new Unprepared(ledger().named("audit")), ledger()));
        engine.start();
        post(cash, "JE-1");
        Eventually.holds(
                "the projection has failed",
                () -> engine.status(tenant, "audit").stream().anyMatch(each -> each.state() == ProjectionState.FAILED));

        TenantId later = Fresh.tenant();
        post(store, later, cash, "JE-1");
        Eventually.holds("another tenant is still begun", () -> isCaughtUp(engine, later));
        Eventually.holds("the tenant's other projection goes on", () -> isCaughtUp(engine, tenant));
    }

    /** A projector whose tables cannot be made. */
    private record Unprepared(LedgerView view) implements Projector {

        @Override
        public String name() {
            return view.name();
        }

        @Override
        public int version() {
            return view.version();
        }

        @Override
        public Set<String> eventTypes() {
            return view.eventTypes();
        }

        @Override
        public void prepare(ProjectionContext context) {
            throw new AssertionError("no such tables");
        }

        @Override
        public void project(RecordedEvent event, ProjectionContext context) {
            view.project(event, context);
        }

        @Override
        public void reset(ProjectionContext context) {
            view.reset(context);
        }
    }
}
