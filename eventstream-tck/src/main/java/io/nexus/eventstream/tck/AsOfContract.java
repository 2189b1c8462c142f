package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NotFinalYetException;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StreamAppend;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Questions about the past: what had been recorded by a moment, and what had occurred by then. */
abstract class AsOfContract extends StoreContract {

    /** More than it takes any clock to come to the next microsecond. */
    private static final int MOST_ATTEMPTS = 10_000;

    private static final Duration MICROSECOND = Duration.of(1, ChronoUnit.MICROS);

    AsOfContract(StoreFixture fixture) {
        super(fixture);
    }

    @Test
    final void recordedAtIsOneMomentPerAppendAndGrowsFromAppendToAppend() {
        List<Instant> moments = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            AppendResult result = append(i % 2 == 0 ? cash : bank, postings(1 + i % 3));
            moments.add(result.recordedAt());
            assertThat(store.read(
                                    tenant,
                                    EventQuery.log()
                                            .after(Position.of(result.position().value() - (1 + i % 3))))
                            .events())
                    .isNotEmpty()
                    .allSatisfy(event -> assertThat(event.recordedAt()).isEqualTo(result.recordedAt()));
        }

        assertThat(moments).isSorted().doesNotHaveDuplicates();
        assertThat(moments).allSatisfy(moment -> assertThat(moment).isEqualTo(moment.truncatedTo(ChronoUnit.MICROS)));
    }

    @Test
    final void theMomentOfRecordingIsNow() {
        Instant before = Instant.now();
        Instant recorded = append(cash, posted("JE-1")).recordedAt();

        // As far as the clocks of store and caller may be apart.
        assertThat(recorded).isBetween(before.minus(Duration.ofMinutes(5)), before.plus(Duration.ofMinutes(5)));
        assertThat(log())
                .singleElement()
                .satisfies(event -> assertThat(event.recordedAt()).isEqualTo(recorded));
    }

    @Test
    final void thePositionOfAMomentIsExactAtEveryBoundary() {
        List<AppendResult> appends = List.of(
                append(cash, postings(1)),
                append(bank, postings(3)),
                append(cash, postings(2)),
                append(cash, postings(1)));

        assertThat(positionAt(appends.get(0).recordedAt().minus(MICROSECOND))).isZero();
        assertThat(positionAt(appends.get(0).recordedAt())).isEqualTo(1);
        assertThat(positionAt(appends.get(1).recordedAt().minus(MICROSECOND))).isEqualTo(1);
        assertThat(positionAt(appends.get(1).recordedAt())).isEqualTo(4);
        assertThat(positionAt(appends.get(2).recordedAt().minus(MICROSECOND))).isEqualTo(4);
        assertThat(positionAt(appends.get(2).recordedAt())).isEqualTo(6);
        assertThat(positionAt(appends.get(3).recordedAt().minus(MICROSECOND))).isEqualTo(6);
        assertThat(positionAt(appends.get(3).recordedAt())).isEqualTo(7);
        assertThat(positionAt(Instant.parse("1969-12-31T00:00:00Z"))).isZero();
    }

    @Test
    final void aMomentBetweenMicrosecondsIsCutNotRounded() {
        append(cash, postings(2));
        Instant second = append(cash, postings(1)).recordedAt();

        assertThat(positionAt(second.minusNanos(1))).isEqualTo(2);
        assertThat(positionAt(second.minusNanos(400))).isEqualTo(2);
        assertThat(positionAt(second.plusNanos(1))).isEqualTo(3);
        assertThat(read(EventQuery.log().upToRecordedAt(second.minusNanos(1)))).hasSize(2);
    }

    @Test
    final void theMomentOfTheNewestEventIsAnsweredEvenIfItIsAheadOfTheClock() {
        Instant newest = append(cash, postings(2)).recordedAt();
        try {
            fixture.databaseClock().shift(Duration.ofMinutes(-1));

            assertThat(positionAt(newest)).isEqualTo(2);
            assertThat(read(EventQuery.log().upToRecordedAt(newest))).hasSize(2);
        } finally {
            fixture.databaseClock().shift(Duration.ZERO);
        }
    }

    @Test
    final void aMomentThatNoCalendarOfADatabaseReachesIsRefused() {
        append(cash, postings(1));

        assertThat(List.of(Instant.MIN, Instant.MAX, Instant.parse("+10000-01-01T00:00:00Z")))
                .allSatisfy(moment -> assertThat(
                                catchThrowableOfType(IllegalArgumentException.class, () -> positionAt(moment)))
                        .as("a question about %s", moment)
                        .isNotNull()
                        .hasMessageContaining("it must lie in the years 1 to 9999"));
    }

    @Test
    final void theFutureIsRefused() {
        Instant newest = append(cash, postings(2)).recordedAt();
        Instant future = newest.plus(Duration.ofHours(1));

        NotFinalYetException refusal = catchThrowableOfType(NotFinalYetException.class, () -> positionAt(future));

        assertThat(refusal).isNotNull();
        assertThat(refusal.reason()).isEqualTo(NotFinalYetException.Reason.IN_THE_FUTURE);
        assertThat(refusal.tenant()).isEqualTo(tenant);
        assertThat(refusal.moment()).isEqualTo(future);
        assertThat(catchThrowableOfType(
                        NotFinalYetException.class, () -> read(EventQuery.log().upToRecordedAt(future))))
                .isNotNull();
        assertThat(catchThrowableOfType(
                        NotFinalYetException.class,
                        () -> store.positionAt(Fresh.tenant(), Instant.now().plus(Duration.ofHours(1)))))
                .as("a tenant without events has a future too")
                .isNotNull();
    }

    @Test
    final void anAnswerIsFinalWhateverIsAppendedAfterwards() {
        Instant first = append(cash, postings(2)).recordedAt();
        for (int i = 0; i < 20; i++) {
            // A moment after the newest event: what is appended next must be later than it, now that it has been asked
            // about.
            Instant asked = store.head(tenant).orElseThrow().recordedAt().plus(MICROSECOND);
            long answer = positionOncePassed(asked);
            append(bank, posted("back-dated").occurredAt(first.minus(Duration.ofDays(400))));

            assertThat(positionAt(asked)).as("asked about %s again", asked).isEqualTo(answer);
            assertThat(answer).isEqualTo(2 + i);
        }
        assertThat(positionAt(first)).isEqualTo(2);
    }

    @Test
    final void backDatedEventsChangeWhatOccurredButNotWhatWasKnown() {
        Instant march = Instant.parse("2026-03-31T00:00:00Z");
        Instant april = Instant.parse("2026-04-15T00:00:00Z");
        append(cash, posted("march", "100").occurredAt(march));
        Instant audit = append(cash, posted("april", "1").occurredAt(april)).recordedAt();
        EventQuery occurredInMarch = EventQuery.stream(cash).upToOccurredAt(march);
        assertThat(entries(read(occurredInMarch))).containsExactly("march");

        append(cash, posted("march, booked late", "50").occurredAt(march));

        assertThat(entries(read(occurredInMarch))).containsExactly("march", "march, booked late");
        assertThat(entries(read(occurredInMarch.upToRecordedAt(audit)))).containsExactly("march");
        assertThat(entries(read(EventQuery.stream(cash).upToRecordedAt(audit)))).containsExactly("march", "april");
    }

    @Test
    final void aRecordedMomentNeverPartsAnAppend() {
        List<AppendResult> transfers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            transfers.add(store.appendAll(
                    tenant,
                    List.of(
                            StreamAppend.of(cash, ExpectedVersion.any(), posted("credit")),
                            StreamAppend.of(bank, ExpectedVersion.any(), posted("debit")))));
        }
        for (AppendResult transfer : transfers) {
            for (Instant moment : List.of(transfer.recordedAt().minus(MICROSECOND), transfer.recordedAt())) {
                assertThat(positionAt(moment) % 2).as("events up to %s", moment).isZero();
                assertThat(read(EventQuery.stream(cash).upToRecordedAt(moment)))
                        .hasSameSizeAs(read(EventQuery.stream(bank).upToRecordedAt(moment)));
            }
        }
        assertThat(positionAt(transfers.get(9).recordedAt())).isEqualTo(20);
    }

    @Test
    final void manyMomentsAreFoundInALongLog() {
        List<AppendResult> appends = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            appends.add(append(cash, postings(1 + i % 4)));
        }

        for (AppendResult each : appends) {
            assertThat(positionAt(each.recordedAt())).isEqualTo(each.position().value());
        }
        for (int i = 1; i < appends.size(); i++) {
            Instant justBefore = appends.get(i).recordedAt().minus(MICROSECOND);
            assertThat(positionAt(justBefore))
                    .isEqualTo(appends.get(i - 1).position().value());
        }
    }

    private long positionAt(Instant moment) {
        return store.positionAt(tenant, moment).value();
    }

    /** Asks until the store's clock has passed the moment, which may be the present microsecond. */
    private long positionOncePassed(Instant moment) {
        for (int attempt = 1; attempt < MOST_ATTEMPTS; attempt++) {
            try {
                return positionAt(moment);
            } catch (NotFinalYetException e) {
                Thread.onSpinWait();
            }
        }
        return positionAt(moment);
    }
}
