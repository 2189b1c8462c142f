package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.ClockSuspectException;
import io.nexus.eventstream.ClockSuspectException.ComparedWith;
import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.TenantId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clocks that cannot be trusted: an append under one could move the log into the future for ever. */
abstract class ClockContract extends StoreContract {

    private final TestClock callerClock = TestClock.running();

    ClockContract(StoreFixture fixture) {
        super(fixture);
    }

    @BeforeEach
    final void openStoreWithItsClocks() {
        store = fixture.open(StoreOptions.defaults().withCallerClock(callerClock));
    }

    @AfterEach
    final void putTheClockRight() {
        fixture.databaseClock().shift(Duration.ZERO);
    }

    @Test
    final void aClockFarBehindTheNewestEventIsRefused() {
        shiftBoth(Duration.ofHours(1));
        NewEvent known = posted("JE-1");
        Instant newest = append(cash, known).recordedAt();
        shiftBoth(Duration.ZERO);

        ClockSuspectException refusal = refusedForNow(ClockSuspectException.class, () -> append(cash, posted("JE-2")));

        assertThat(refusal.comparedWith()).isEqualTo(ComparedWith.NEWEST_EVENT);
        assertThat(refusal.tenant()).isEqualTo(tenant);
        assertThat(refusal.otherTime()).isEqualTo(newest);
        assertThat(refusal.databaseTime()).isBetween(newest.minusSeconds(3700), newest.minusSeconds(3500));
        assertThat(entries(log())).containsExactly("JE-1");
        shiftBoth(Duration.ofHours(1));
        assertThat(append(cash, posted("JE-2")).position().value()).isEqualTo(2);
    }

    @Test
    final void idsAndExpectationsAreJudgedBeforeTheClock() {
        shiftBoth(Duration.ofHours(1));
        NewEvent known = posted("JE-1");
        AppendResult first = append(cash, known);
        shiftBoth(Duration.ZERO);

        assertThat(append(cash, known).alreadyRecorded()).isTrue();
        assertThat(append(cash, known).recordedAt()).isEqualTo(first.recordedAt());
        refusedForNow(ConcurrencyException.class, () -> append(cash, ExpectedVersion.noStream(), posted("JE-2")));
        refusedForNow(ClockSuspectException.class, () -> append(cash, ExpectedVersion.exactly(1), posted("JE-2")));
    }

    @Test
    final void oneLogAheadOfTheClockDoesNotStopTheOthers() {
        shiftBoth(Duration.ofHours(1));
        append(cash, posted("JE-1"));
        shiftBoth(Duration.ZERO);
        TenantId other = Fresh.tenant();

        AppendResult result = store.append(other, StreamAppend.of(cash, ExpectedVersion.any(), posted("JE-2")));

        assertThat(result.position().value()).isEqualTo(1);
        assertThat(result.recordedAt()).isBefore(log().get(0).recordedAt());
    }

    @Test
    final void aSmallStepBackIsAcceptedAndRecordedAtStillGrows() {
        Instant newest = append(cash, posted("JE-0")).recordedAt();
        for (Duration step : List.of(Duration.ofSeconds(-1), Duration.ofMinutes(-2), Duration.ofMinutes(-4))) {
            fixture.databaseClock().shift(step);
            for (int i = 0; i < 5; i++) {
                Instant recorded = append(cash, postings(2)).recordedAt();
                assertThat(recorded).as("clock %s", step).isAfter(newest);
                assertThat(recorded).as("clock %s", step).isBefore(newest.plusMillis(1));
                newest = recorded;
            }
        }
        fixture.databaseClock().shift(Duration.ZERO);
        Instant afterwards = append(cash, posted("JE-1")).recordedAt();

        assertThat(afterwards).isAfter(newest);
        assertThat(log())
                .hasSize(32)
                .last()
                .satisfies(event -> assertThat(event.recordedAt()).isEqualTo(afterwards));
    }

    @Test
    final void aStepBackBeyondTheToleranceIsRefusedAndASmallerOneIsNot() {
        append(cash, posted("JE-1"));
        shiftBoth(Duration.ofMinutes(-6));
        ClockSuspectException refusal = refusedForNow(ClockSuspectException.class, () -> append(cash, posted("JE-2")));
        assertThat(refusal.comparedWith()).isEqualTo(ComparedWith.NEWEST_EVENT);

        shiftBoth(Duration.ofMinutes(-4));
        assertThat(append(cash, posted("JE-2")).position().value()).isEqualTo(2);
    }

    @Test
    final void aCallersClockFarFromTheStoresIsRefused() {
        for (Duration apart : List.of(Duration.ofMinutes(6), Duration.ofMinutes(-6), Duration.ofDays(400))) {
            Clock wrong = Clock.offset(Clock.systemUTC(), apart);
            store = fixture.open(StoreOptions.defaults().withCallerClock(wrong));
            if (fixture.comparesCallersClock()) {
                ClockSuspectException refusal =
                        refusedForNow(ClockSuspectException.class, () -> append(cash, posted("JE-1")));
                assertThat(refusal.comparedWith()).isEqualTo(ComparedWith.CALLER);
                assertThat(refusal.tenant()).isEqualTo(tenant);
                assertThat(Duration.between(refusal.databaseTime(), refusal.otherTime()))
                        .isBetween(apart.minusSeconds(60), apart.plusSeconds(60));
                assertThat(store.head(tenant)).isEmpty();
            } else {
                append(cash, posted("JE-1"));
                assertThat(store.head(tenant))
                        .hasValueSatisfying(head -> assertThat(head.recordedAt())
                                .isBetween(
                                        Instant.now().minusSeconds(60),
                                        Instant.now().plusSeconds(60)));
            }
        }
    }

    @Test
    final void aCallersClockALittleOffIsAcceptedAndDoesNotDecide() {
        for (Duration apart : List.of(Duration.ofMinutes(4), Duration.ofMinutes(-4))) {
            callerClock.shift(apart);
            Instant recorded = append(cash, posted("JE-1")).recordedAt();

            assertThat(recorded)
                    .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
        }
        assertThat(log()).hasSize(2);
    }

    @Test
    final void aStoresClockThatJumpsAheadIsNoticed() {
        Instant before = append(cash, posted("JE-1")).recordedAt();
        fixture.databaseClock().shift(Duration.ofHours(1));
        if (fixture.comparesCallersClock()) {
            ClockSuspectException refusal =
                    refusedForNow(ClockSuspectException.class, () -> append(cash, posted("JE-2")));
            assertThat(refusal.comparedWith()).isEqualTo(ComparedWith.CALLER);
            fixture.databaseClock().shift(Duration.ZERO);
            assertThat(append(cash, posted("JE-2")).recordedAt()).isBetween(before, before.plusSeconds(60));
        } else {
            // The only clock there is says so; what remains is to notice it when the clock is put right.
            append(cash, posted("JE-2"));
            fixture.databaseClock().shift(Duration.ZERO);
            refusedForNow(ClockSuspectException.class, () -> append(cash, posted("JE-3")));
        }
        assertThat(entries(log())).containsExactly("JE-1", "JE-2");
    }

    private void shiftBoth(Duration offset) {
        fixture.databaseClock().shift(offset);
        callerClock.shift(offset);
    }
}
