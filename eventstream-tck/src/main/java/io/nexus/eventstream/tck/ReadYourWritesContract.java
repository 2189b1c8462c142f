package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.projection.ProjectionException;
import io.nexus.eventstream.projection.ProjectionTimeoutException;
import io.nexus.eventstream.projection.Projections;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Whoever appended can wait until a read model contains it. */
abstract class ReadYourWritesContract extends EngineContract {

    ReadYourWritesContract(ProjectionFixture fixture) {
        super(fixture);
    }

    @Test
    void waitingEndsWhenTheAppendIsInTheReadModel() {
        Projections engine = engine(EngineOptions.of(ledger()));
        engine.start();
        for (int i = 0; i < 20; i++) {
            AppendResult result = post(cash, "JE-" + i, "JE-" + i + "-storno");
            engine.awaitProjection(tenant, result, LEDGER, Eventually.GUARD);
            assertThat(seen(engine)).containsKey(result.position().toString());
        }
        assertComplete(engine);
    }

    @Test
    void whatAnotherEngineAppliedIsSeenToo() {
        Projections working = engine(EngineOptions.of(ledger()));
        Projections waiting = engine(EngineOptions.of(ledger()));
        working.start();
        for (int i = 0; i < 5; i++) {
            AppendResult result = post(cash, "JE-" + i);
            waiting.awaitProjection(tenant, result, LEDGER, Eventually.GUARD);
            assertThat(seen(waiting)).containsKey(result.position().toString());
        }
    }

    @Test
    void aReadModelThatIsLateIsToldWithHowFarItHasCome() {
        Projections engine = engine(EngineOptions.of(ledger()));
        post(cash, "JE-1");
        engine.run();
        AppendResult late = post(cash, "JE-2", "JE-3");

        assertThatThrownBy(() -> engine.awaitProjection(tenant, late, LEDGER, Duration.ofMillis(30)))
                .isInstanceOfSatisfying(ProjectionTimeoutException.class, e -> {
                    assertThat(e.projection()).isEqualTo(LEDGER);
                    assertThat(e.tenant()).isEqualTo(tenant);
                    assertThat(e.position()).isEqualTo(Position.of(3));
                    assertThat(e.checkpoint()).isEqualTo(Position.of(1));
                });
        engine.run();
        assertThatCode(() -> engine.awaitProjection(tenant, late, LEDGER, Duration.ZERO))
                .doesNotThrowAnyException();
    }

    @Test
    void aReadModelThatWasNeverBegunStandsAtTheStart() {
        Projections engine = engine(EngineOptions.of(ledger()));
        AppendResult result = post(cash, "JE-1");

        assertThatThrownBy(() -> engine.awaitProjection(tenant, result, LEDGER, Duration.ofMillis(1)))
                .isInstanceOfSatisfying(
                        ProjectionTimeoutException.class,
                        e -> assertThat(e.checkpoint()).isEqualTo(Position.START));
    }

    @Test
    void nobodyWaitsForAProjectionThatHasFailed() {
        Projections engine = engine(EngineOptions.of(fragileLedger()));
        AppendResult applied = post(cash, "JE-1");
        post(cash, "poison");
        AppendResult behind = post(bank, "JE-2");
        engine.run();

        assertThatThrownBy(() -> engine.awaitProjection(tenant, behind, LEDGER, Eventually.GUARD))
                .isInstanceOfSatisfying(ProjectionException.class, e -> {
                    assertThat(e.projection()).isEqualTo(LEDGER);
                    assertThat(e.position()).isEqualTo(Position.of(2));
                });
        assertThatCode(() -> engine.awaitProjection(tenant, applied, LEDGER, Duration.ZERO))
                .as("what is in the read model of a failed projection is there")
                .doesNotThrowAnyException();
    }

    @Test
    void whoWaitsAlreadyIsToldOfTheFailure() {
        Projections engine = engine(EngineOptions.of(fragileLedger()));
        AppendResult result = post(cash, "poison");
        CompletableFuture<Boolean> waiting = Racers.begin(() -> {
            engine.awaitProjection(tenant, result, LEDGER, Eventually.GUARD);
            return true;
        });
        engine.run();

        assertThatThrownBy(waiting::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(ProjectionException.class);
    }

    @Test
    void nobodyWaitsForAnInlineProjection() {
        store = fixture.open(List.of(ledger()));
        Projections engine = engine(EngineOptions.of());
        for (int i = 0; i < 5; i++) {
            engine.awaitProjection(tenant, post(cash, "JE-" + i), LEDGER, Duration.ZERO);
        }
        assertComplete(engine);
    }

    @Test
    void waitingForAProjectionThatIsNotRegisteredIsRefused() {
        Projections engine = engine(EngineOptions.of(ledger()));
        AppendResult result = post(cash, "JE-1");

        assertThatThrownBy(() -> engine.awaitProjection(tenant, result, "ledgers", Duration.ofMillis(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
