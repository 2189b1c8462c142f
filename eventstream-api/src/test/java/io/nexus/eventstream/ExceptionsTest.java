package io.nexus.eventstream;

import static io.nexus.eventstream.Samples.ACME;
import static io.nexus.eventstream.Samples.CASH;
import static io.nexus.eventstream.Samples.ID;
import static io.nexus.eventstream.Samples.MOMENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.ClockSuspectException.ComparedWith;
import io.nexus.eventstream.EventIdMismatchException.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each exception carries what happened in typed fields and says in its text what to do. */
class ExceptionsTest {

    private final Throwable cause = new IOException("connection reset");

    @Test
    void aConflictSaysWhatTheStreamIsAndWhatWasExpected() {
        ConcurrencyException conflict =
                new ConcurrencyException(ACME, CASH, ExpectedVersion.exactly(3), EventVersion.of(5));

        assertThat(conflict)
                .isInstanceOf(EventStreamException.class)
                .hasMessage(
                        "stream account/1000 of tenant acme is at version 5, the append expected exactly version 3; "
                                + "nothing was written: load the stream again, decide again, append again")
                .hasNoCause();
        assertThat(conflict.tenant()).isEqualTo(ACME);
        assertThat(conflict.stream()).isEqualTo(CASH);
        assertThat(conflict.expected()).isEqualTo(ExpectedVersion.exactly(3));
        assertThat(conflict.actual()).isEqualTo(EventVersion.of(5));
    }

    @Test
    void aConflictWithAStreamWithoutEventsSaysSo() {
        assertThat(new ConcurrencyException(ACME, CASH, ExpectedVersion.streamExists(), EventVersion.NONE))
                .hasMessageStartingWith(
                        "stream account/1000 of tenant acme has no events, the append expected an existing stream;");
    }

    @Test
    void aMissingStreamSaysWhatToCheck() {
        StreamNotFoundException missing =
                new StreamNotFoundException(ACME, CASH, EventVersion.of(3), EventVersion.NONE);

        assertThat(missing)
                .isInstanceOf(EventStreamException.class)
                .hasMessage("tenant acme has no stream account/1000: check its category and aggregate id, and whose "
                        + "tenant it is");
        assertThat(missing.tenant()).isEqualTo(ACME);
        assertThat(missing.stream()).isEqualTo(CASH);
        assertThat(missing.requested()).isEqualTo(EventVersion.of(3));
        assertThat(missing.actual()).isEqualTo(EventVersion.NONE);
    }

    @Test
    void aMissingVersionSaysWhereTheStreamEnds() {
        assertThat(new StreamNotFoundException(ACME, CASH, EventVersion.of(3), EventVersion.of(2)))
                .hasMessage("stream account/1000 of tenant acme has no version 3, it ends at version 2: ask for that "
                        + "one or an earlier one");
    }

    @ParameterizedTest
    @CsvSource({
        "USED_TWICE_IN_THIS_APPEND, stand twice in this append",
        "ONLY_PARTLY_RECORDED, are recorded already while others of this append are not",
        "RECORDED_BY_DIFFERENT_APPENDS, were recorded by different appends",
        "RECORDED_WITH_OTHER_CONTENT, are recorded already with other content",
    })
    void idsInTheWayAreNamedWithTheReason(Reason reason, String words) {
        EventIdMismatchException mismatch = new EventIdMismatchException(ACME, List.of(ID), reason);

        assertThat(mismatch)
                .isInstanceOf(EventStreamException.class)
                .hasMessage("event ids [01ARZ3NDEKTSV4RRFFQ69G5FAV] of tenant acme " + words + "; nothing was written: "
                        + "a new event needs a new id, a retry must repeat the whole append unchanged");
        assertThat(mismatch.tenant()).isEqualTo(ACME);
        assertThat(mismatch.ids()).containsExactly(ID);
        assertThat(mismatch.reason()).isEqualTo(reason);
    }

    @Test
    void manyIdsInTheWayAreCountedFromTheEleventhOn() {
        List<EventId> ids = IntStream.range(0, 12)
                .mapToObj(i -> EventId.fromName("event " + i))
                .toList();

        assertThat(new EventIdMismatchException(ACME, ids, Reason.ONLY_PARTLY_RECORDED))
                .hasMessageContaining(ids.subList(0, 10) + " and 2 more of tenant acme")
                .satisfies(mismatch -> assertThat(mismatch.ids()).isEqualTo(ids));
        assertThat(new EventIdMismatchException(ACME, ids.subList(0, 10), Reason.ONLY_PARTLY_RECORDED))
                .hasMessageContaining(ids.subList(0, 10) + " of tenant acme");
    }

    @Test
    void anUnknownTenantSaysHowToCreateIt() {
        TenantNotFoundException unknown = new TenantNotFoundException(ACME);

        assertThat(unknown)
                .isInstanceOf(EventStreamException.class)
                .hasMessage("tenant acme does not exist; nothing was written: create it with ensureTenant before its "
                        + "first append");
        assertThat(unknown.tenant()).isEqualTo(ACME);
    }

    @Test
    void aBusyLaneNamesItsHolders() {
        LaneHolder session = new LaneHolder(
                OptionalInt.of(4711), "payroll", Duration.ofSeconds(90), "idle in transaction", "SELECT 1");
        LaneHolder prepared = new LaneHolder(OptionalInt.empty(), "xa-7", Duration.ofHours(1), "prepared", "");
        LaneBusyException busy = new LaneBusyException(ACME, List.of(session, prepared), Duration.ofMillis(1500));

        assertThat(session)
                .hasToString("process 4711 (payroll), idle in transaction for 90 s, last statement: SELECT 1");
        assertThat(prepared).hasToString("prepared transaction xa-7, prepared for 3600 s, last statement: ");
        assertThat(busy)
                .isInstanceOf(EventStreamException.class)
                .hasMessage("the lane of tenant acme was busy for 1500 ms; nothing was written, try again. Held by: "
                        + List.of(session, prepared));
        assertThat(busy.tenant()).isEqualTo(ACME);
        assertThat(busy.holders()).containsExactly(session, prepared);
        assertThat(busy.waited()).isEqualTo(Duration.ofMillis(1500));
    }

    @Test
    void aLaneThatHasJustBecomeFreeSaysSo() {
        assertThat(new LaneBusyException(ACME, List.of(), Duration.ofSeconds(2)))
                .hasMessage("the lane of tenant acme was busy for 2000 ms; nothing was written, try again. Held by: "
                        + "a transaction that has ended since");
    }

    @ParameterizedTest
    @CsvSource({"NEWEST_EVENT, the newest event of the log", "CALLER, the caller's clock"})
    void aSuspectClockShowsBothTimesAndTheirDistance(ComparedWith comparedWith, String words) {
        ClockSuspectException suspect = new ClockSuspectException(ACME, MOMENT, MOMENT.plusSeconds(301), comparedWith);

        assertThat(suspect)
                .isInstanceOf(EventStreamException.class)
                .hasMessage("the database's clock says 2026-01-02T03:04:05.000006Z, " + words
                        + " says 2026-01-02T03:09:06.000006Z, which is PT5M1S apart; nothing was written for tenant "
                        + "acme: set the clocks right and try again");
        assertThat(suspect.tenant()).isEqualTo(ACME);
        assertThat(suspect.databaseTime()).isEqualTo(MOMENT);
        assertThat(suspect.otherTime()).isEqualTo(MOMENT.plusSeconds(301));
        assertThat(suspect.comparedWith()).isEqualTo(comparedWith);
    }

    @Test
    void theDistanceOfClocksIsNeverNegative() {
        assertThat(new ClockSuspectException(ACME, MOMENT, MOMENT.minusSeconds(60), ComparedWith.CALLER))
                .hasMessageContaining("which is PT1M apart");
    }

    @Test
    void anOutdatedTransactionIsToBeRunAgain() {
        RetryTransactionException retry = new RetryTransactionException(ACME, cause);

        assertThat(retry)
                .isInstanceOf(EventStreamException.class)
                .hasMessage("this transaction has an older view of the log of tenant acme and cannot append to it: "
                        + "roll it back and run it again from its beginning")
                .hasCause(cause);
        assertThat(retry.tenant()).isEqualTo(ACME);
    }

    @Test
    void aSecondTenantNeedsATransactionOfItsOwn() {
        SecondTenantException second = new SecondTenantException(ACME);

        assertThat(second)
                .isInstanceOf(EventStreamException.class)
                .hasMessage("this transaction holds the lane of another tenant and cannot take that of tenant acme as "
                        + "well; nothing was written: use one transaction per tenant, or lock all lanes in one call "
                        + "first");
        assertThat(second.tenant()).isEqualTo(ACME);
    }

    @Test
    void aSessionOfAnotherTenantIsToBeBoundToTheRightOne() {
        OtherTenantException other = new OtherTenantException(ACME, cause);

        assertThat(other)
                .isInstanceOf(EventStreamException.class)
                .hasMessage(
                        "this database session is bound to another tenant than acme, which the call is for; nothing "
                                + "was read or written: bind it to that tenant or to none")
                .hasCause(cause);
        assertThat(other.tenant()).isEqualTo(ACME);
    }

    @Test
    void anUnknownOutcomeCarriesTheAppendToRepeat() {
        List<StreamAppend> appends =
                new ArrayList<>(List.of(StreamAppend.of(CASH, ExpectedVersion.any(), NewEvent.of("event"))));
        List<StreamAppend> copy = List.copyOf(appends);
        CommitOutcomeUnknownException unknown = new CommitOutcomeUnknownException(ACME, appends, cause);
        appends.clear();

        assertThat(unknown)
                .isInstanceOf(EventStreamException.class)
                .hasMessage("the connection broke while an append for tenant acme was being recorded; repeat it with "
                        + "the same event ids to learn its outcome")
                .hasCause(cause);
        assertThat(unknown.tenant()).isEqualTo(ACME);
        assertThat(unknown.appends()).isEqualTo(copy);
    }

    @ParameterizedTest
    @CsvSource({
        "IN_THE_FUTURE, it lies after the database's clock: wait until it has passed",
        "STANDBY, 'this standby has received nothing later yet: ask the primary, or wait'",
        "OLD_SNAPSHOT, this transaction has an older view of the log: ask in a new transaction",
    })
    void aMomentThatIsNotFinalSaysWhy(NotFinalYetException.Reason reason, String words) {
        NotFinalYetException notFinal = new NotFinalYetException(ACME, MOMENT, reason);

        assertThat(notFinal)
                .isInstanceOf(EventStreamException.class)
                .hasMessage("the log of tenant acme is not final at 2026-01-02T03:04:05.000006Z: " + words);
        assertThat(notFinal.tenant()).isEqualTo(ACME);
        assertThat(notFinal.moment()).isEqualTo(MOMENT);
        assertThat(notFinal.reason()).isEqualTo(reason);
    }

    @Test
    void anExceededLimitNamesItself() {
        LimitExceededException exceeded =
                new LimitExceededException("limits.max_events_per_append", "the number of events", 10, 11);

        assertThat(exceeded)
                .isInstanceOf(EventStreamException.class)
                .hasMessage("the number of events is 11, limits.max_events_per_append allows 10; nothing was written: "
                        + "make it smaller or raise that limit");
        assertThat(exceeded.limit()).isEqualTo("limits.max_events_per_append");
        assertThat(exceeded.allowed()).isEqualTo(10);
        assertThat(exceeded.actual()).isEqualTo(11);
    }

    @Test
    void textsOfOtherFaultsComeFromWhereTheyAreFound() {
        EventSerializationException unreadable = new EventSerializationException("debited", "what is wrong", cause);
        ConfigurationException setting = new ConfigurationException("eventstream.enabled", "what to do");

        assertThat(unreadable)
                .isInstanceOf(EventStreamException.class)
                .hasMessage("what is wrong")
                .hasCause(cause);
        assertThat(unreadable.type()).isEqualTo("debited");
        assertThat(new EventSerializationException("debited", "what is wrong")).hasNoCause();
        assertThat(setting).isInstanceOf(EventStreamException.class).hasMessage("eventstream.enabled: what to do");
        assertThat(setting.key()).isEqualTo("eventstream.enabled");
        assertThat(new StorageException("what the database said", cause))
                .isInstanceOf(EventStreamException.class)
                .hasMessage("what the database said")
                .hasCause(cause);
    }
}
