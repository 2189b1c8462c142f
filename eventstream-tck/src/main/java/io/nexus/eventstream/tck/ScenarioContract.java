package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.Fold;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.tck.LedgerEvent.Posted;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The kit for users' own tests: what is told of it passes, and whatever is told otherwise fails and says so. */
abstract class ScenarioContract extends StoreContract {

    private static final Instant MARCH = Instant.parse("2026-03-31T10:00:00Z");
    private static final Instant APRIL = Instant.parse("2026-04-01T10:00:00Z");

    private static final Fold<BigDecimal> SUM =
            Fold.of(BigDecimal.ZERO, Posted.class, (sum, posted) -> sum.add(posted.amount()));

    ScenarioContract(StoreFixture fixture) {
        super(fixture);
    }

    @Test
    final void aDecisionIsMadeOnWhatWasGivenAndAppended() {
        scenario()
                .given(payload("JE-1", "100.00"))
                .given(payload("JE-2", "20.00"), payload("JE-3", "3.50"))
                .when(sum -> List.of(payload("JE-4", sum.negate().toString())))
                .thenEvents(payload("JE-4", "-123.50"))
                .thenEventsIn(cash, payload("JE-4", "-123.50"))
                .thenEventsIn(bank)
                .thenState(new BigDecimal("0.00"))
                .thenStateSatisfies(sum -> assertThat(sum).isZero());
    }

    @Test
    final void nothingDecidedIsNothingRecorded() {
        scenario().when(sum -> List.of()).thenNoEvents().thenState(BigDecimal.ZERO);
        scenario().given().when(sum -> List.of(payload("JE-1", "1"))).thenState(BigDecimal.ONE);
    }

    @Test
    final void anAppendMeetsItsExpectationOrIsRefused() {
        Scenario<BigDecimal> scenario = scenario().given(payload("JE-1", "1.00"));

        scenario.whenAppended(ExpectedVersion.exactly(1), payload("JE-2", "2.00"), payload("JE-3", "3.00"))
                .thenEvents(payload("JE-2", "2.00"), payload("JE-3", "3.00"))
                .thenState(new BigDecimal("6.00"));
        scenario.whenAppended(ExpectedVersion.noStream(), payload("JE-4", "4.00"))
                .thenError(ConcurrencyException.class, "account/cash")
                .thenNoEvents()
                .thenState(new BigDecimal("6.00"));
    }

    @Test
    final void codeThatAppendsByItselfIsSeenInAllStreams() {
        Scenario<BigDecimal> scenario = scenario().givenIn(bank, payload("JE-1", "9.00"));

        scenario.when(() -> {
                    store.append(scenario.tenant(), appending(bank, "JE-2"));
                    store.append(scenario.tenant(), appending(cash, "JE-3"));
                    throw new IllegalStateException("out of paper");
                })
                .thenError(IllegalStateException.class, "paper")
                .thenEvents(payload("JE-2", "10.00"), payload("JE-3", "10.00"))
                .thenEventsIn(bank, payload("JE-2", "10.00"))
                .thenState(new BigDecimal("10.00"));
    }

    @Test
    final void somebodyWhoAppendsDuringADecisionIsAConflict() {
        Scenario<BigDecimal> scenario = scenario();
        scenario.when(sum -> {
                    store.append(scenario.tenant(), appending(cash, "JE-1"));
                    return List.of(payload("JE-2", "2.00"));
                })
                .thenError(ConcurrencyException.class)
                .thenEvents(payload("JE-1", "10.00"));
    }

    @Test
    final void eventsOccurWhenTheClockSaysSo() {
        TestClock clock = TestClock.at(MARCH);
        Scenario<BigDecimal> scenario =
                scenario().withClock(clock).given(payload("JE-1", "1.00")).at(APRIL);
        assertThat(clock.instant()).isEqualTo(APRIL);
        clock.advance(Duration.ofHours(1));

        scenario.when(sum -> List.of(
                        payload("JE-2", "2.00"),
                        NewEvent.of(payload("JE-3", "4.00")).occurredAt(MARCH)))
                .thenEvents(
                        NewEvent.of(payload("JE-2", "2.00")).occurredAt(APRIL.plus(Duration.ofHours(1))),
                        NewEvent.of(payload("JE-3", "4.00")).occurredAt(MARCH))
                .thenState(new BigDecimal("7.00"))
                .thenStateAt(AsOf.occurred(LocalDate.of(2026, 3, 31)), new BigDecimal("5.00"));
        scenario()
                .at(MARCH)
                .given(payload("JE-1", "1.00"))
                .when(sum -> List.of())
                .thenStateAt(AsOf.occurred(MARCH.minusSeconds(1)), BigDecimal.ZERO)
                .thenStateAt(AsOf.occurred(MARCH), new BigDecimal("1.00"));
    }

    @Test
    final void scenariosAreTenantsOfTheirOwn() {
        TenantId other = Fresh.tenant();
        Scenario<BigDecimal> scenario = scenario().given(payload("JE-1", "1.00"));
        assertThat(scenario().tenant()).isNotEqualTo(scenario.tenant());
        scenario().when(sum -> List.of()).thenState(BigDecimal.ZERO);

        scenario.inTenant(other)
                .when(sum -> List.of(payload("JE-2", "2.00")))
                .thenEvents(payload("JE-2", "2.00"))
                .thenState(new BigDecimal("2.00"));
        assertThat(scenario.tenant()).isEqualTo(other);
    }

    @Test
    final void otherEventsThanExpectedAreShownLineByLine() {
        Outcome<BigDecimal> outcome = scenario()
                .when(sum -> List.of(payload("JE-1", "1.00"), payload("JE-2", "2.00"), payload("JE-3", "3.00")));

        fails(() -> outcome.thenEvents(payload("JE-1", "1.00"), payload("JE-2", "2.0")))
                .hasMessage("""
                other events than expected, > marks where they part
                expected 2 events:
                    1  Posted[entry=JE-1, amount=1.00]
                  > 2  Posted[entry=JE-2, amount=2.0]
                recorded 3 events:
                    1  Posted[entry=JE-1, amount=1.00], in account/cash
                  > 2  Posted[entry=JE-2, amount=2.00], in account/cash
                    3  Posted[entry=JE-3, amount=3.00], in account/cash""".replace("\n", System.lineSeparator()));
        fails(() -> outcome.thenEventsIn(bank, payload("JE-1", "1.00")))
                .hasMessage("""
                other events in account/bank than expected, > marks where they part
                expected 1 event:
                  > 1  Posted[entry=JE-1, amount=1.00]
                recorded nothing""".replace("\n", System.lineSeparator()));
    }

    @Test
    final void anyOtherListOfEventsFails() {
        Posted first = payload("JE-1", "1.00");
        Posted second = payload("JE-2", "2.00");
        Outcome<BigDecimal> outcome = scenario()
                .when(sum ->
                        List.of(NewEvent.of(first).occurredAt(MARCH).withMetadata(user("anna")), NewEvent.of(second)));

        outcome.thenEvents(NewEvent.of(first), second);
        outcome.thenEvents(NewEvent.of(first).occurredAt(MARCH).withMetadata(user("anna")), second);
        fails(outcome::thenNoEvents);
        fails(() -> outcome.thenEvents(first));
        fails(() -> outcome.thenEvents(second, first));
        fails(() -> outcome.thenEvents(first, second, second));
        fails(() -> outcome.thenEvents(NewEvent.of(first).occurredAt(APRIL), second))
                .hasMessageContaining("amount=1.00], occurred at 2026-04-01T10:00:00Z")
                .hasMessageContaining("amount=1.00], occurred at 2026-03-31T10:00:00Z");
        fails(() -> outcome.thenEvents(NewEvent.of(first).withMetadata(user("ben")), second))
                .hasMessageContaining("metadata {userId=ben}")
                .hasMessageContaining("metadata {userId=anna}");
    }

    @Test
    final void anotherStateThanExpectedFails() {
        Outcome<BigDecimal> outcome =
                scenario().at(MARCH).given(payload("JE-1", "1.00")).when(sum -> List.of());

        fails(() -> outcome.thenState(new BigDecimal("1.0")))
                .hasMessage("another state than expected%n  expected  1.0%n  actual    1.00".formatted());
        fails(() -> outcome.thenStateAt(AsOf.occurred(APRIL), BigDecimal.ZERO))
                .hasMessageStartingWith("another state as of AsOf");
        fails(() -> outcome.thenStateSatisfies(sum -> assertThat(sum).isZero()));
    }

    @Test
    final void anErrorThatIsMissingOrAnotherFails() {
        Outcome<BigDecimal> done = scenario().at(MARCH).when(sum -> List.of(payload("JE-1", "1.00")));
        fails(() -> done.thenError(IllegalArgumentException.class))
                .hasMessage("""
                java.lang.IllegalArgumentException was expected, but nothing was thrown; recorded 1 event:
                    1  Posted[entry=JE-1, amount=1.00], occurred at 2026-03-31T10:00:00Z, metadata {}, in account/cash""".replace("\n", System.lineSeparator()));

        IllegalArgumentException refusal = new IllegalArgumentException("only 3.00 is there");
        Function<BigDecimal, List<?>> refusing = sum -> {
            throw refusal;
        };
        fails(() -> scenario().when(refusing).thenError(IllegalStateException.class))
                .hasMessage("java.lang.IllegalStateException was expected, but "
                        + "java.lang.IllegalArgumentException was thrown: only 3.00 is there")
                .hasCause(refusal);
        fails(() -> scenario().when(refusing).thenError(IllegalArgumentException.class, "4.00"))
                .hasMessageContaining("expected to contain  4.00")
                .hasMessageContaining("only 3.00 is there");
    }

    @Test
    final void anErrorThatNobodyAskedForFailsWhateverIsAskedFor() {
        IllegalArgumentException refusal = new IllegalArgumentException("only 3.00 is there");
        Function<BigDecimal, List<?>> refusing = sum -> {
            throw refusal;
        };
        List<Consumer<Outcome<BigDecimal>>> questions = List.of(
                Outcome::thenNoEvents,
                outcome -> outcome.thenEventsIn(bank),
                outcome -> outcome.thenState(BigDecimal.ONE),
                outcome -> outcome.thenStateAt(AsOf.occurred(MARCH), BigDecimal.ONE),
                outcome -> outcome.thenStateSatisfies(sum -> {}));
        for (Consumer<Outcome<BigDecimal>> question : questions) {
            fails(() -> question.accept(
                            scenario().at(MARCH).given(payload("JE-1", "1")).when(refusing)))
                    .hasMessage("no error was expected, but "
                            + "java.lang.IllegalArgumentException was thrown: only 3.00 is there")
                    .hasCause(refusal);
            question.accept(scenario()
                    .at(MARCH)
                    .given(payload("JE-1", "1"))
                    .when(refusing)
                    .thenError(RuntimeException.class, "only 3.00"));
        }
    }

    private Scenario<BigDecimal> scenario() {
        return Scenario.on(store, cash, SUM);
    }

    private static Posted payload(String entry, String amount) {
        return new Posted(entry, new BigDecimal(amount));
    }

    private static EventMetadata user(String name) {
        return EventMetadata.none().withUserId(name);
    }

    private static StreamAppend appending(StreamId stream, String entry) {
        return StreamAppend.of(stream, ExpectedVersion.any(), posted(entry));
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> fails(ThrowingCallable question) {
        return assertThatThrownBy(question).isInstanceOf(AssertionError.class);
    }
}
