package io.nexus.eventstream.examples.finance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventIdMismatchException;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.examples.Backend;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a general ledger promises, on every store. */
class LedgerTest {

    private static final LocalDate MARCH = LocalDate.of(2025, 3, 31);
    private static final LocalDate APRIL = LocalDate.of(2025, 4, 1);
    private static final String CASH = "1110";
    private static final String SALES = "4100";

    @ParameterizedTest
    @EnumSource
    void entryIsPostedAtOnceToAllOfItsAccounts(Backend backend) {
        EventStreamManager events = backend.open();
        AppendResult result = new Ledger(events).post(sale("JE-1", MARCH, "100.50"));

        assertThat(result.events())
                .extracting(event -> event.stream().toString() + " v" + event.version())
                .containsExactly("journal-entry/JE-1 v1", "account/1110 v1", "account/4100 v1");
        List<RecordedEvent> recorded = List.copyOf(events.read(EventQuery.log()).events());
        assertThat(recorded)
                .extracting(RecordedEvent::payload)
                .containsExactly(
                        new JournalEntryPosted("JE-1", 2),
                        new AccountDebited("JE-1", new BigDecimal("100.50"), "MYR", "sold"),
                        new AccountCredited("JE-1", new BigDecimal("100.50"), "MYR", "sold"));
        assertThat(recorded)
                .extracting(RecordedEvent::json)
                .containsExactly(
                        "{\"entry\":\"JE-1\",\"lines\":2}",
                        "{\"entry\":\"JE-1\",\"amount\":100.50,\"currency\":\"MYR\",\"description\":\"sold\"}",
                        "{\"entry\":\"JE-1\",\"amount\":100.50,\"currency\":\"MYR\",\"description\":\"sold\"}");
        assertThat(recorded).extracting(RecordedEvent::recordedAt).containsOnly(result.recordedAt());
        assertThat(recorded).extracting(RecordedEvent::occurredAt).containsOnly(Instant.parse("2025-03-31T00:00:00Z"));
    }

    @ParameterizedTest
    @EnumSource
    void repeatedPostWritesNothing(Backend backend) {
        EventStreamManager events = backend.open();
        Ledger ledger = new Ledger(events);
        AppendResult first = ledger.post(sale("JE-1", MARCH, "100.50"));
        AppendResult second = ledger.post(sale("JE-1", MARCH, "100.50"));

        assertThat(first.alreadyRecorded()).isFalse();
        assertThat(second.alreadyRecorded()).isTrue();
        assertThat(second.events()).isEqualTo(first.events());
        assertThat(events.head().orElseThrow().position().value()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void entryOfABatchIsKnownWhenItIsRepeatedAlone(Backend backend) {
        Ledger ledger = new Ledger(backend.open());
        ledger.postAll(List.of(sale("JE-1", MARCH, "1.00"), sale("JE-2", MARCH, "2.00")));

        assertThat(ledger.post(sale("JE-2", MARCH, "2.00")).alreadyRecorded()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void numberIsUsedOnce(Backend backend) {
        EventStreamManager events = backend.open();
        Ledger ledger = new Ledger(events);
        JournalEntry entry = JournalEntry.of(
                "JE-1", debit(MARCH, CASH, "10.00"), credit(MARCH, SALES, "10.00"), debit(MARCH, CASH, "0.00"));
        ledger.post(entry);

        JournalEntry shorter = new JournalEntry("JE-1", entry.lines().subList(0, 2));
        JournalEntry longer = JournalEntry.of(
                "JE-1",
                entry.lines().get(0),
                entry.lines().get(1),
                entry.lines().get(2),
                entry.lines().get(2));
        JournalEntry otherDate = sale("JE-1", APRIL, "10.00");
        JournalEntry otherScale = JournalEntry.of(
                "JE-1", debit(MARCH, CASH, "10.0"), credit(MARCH, SALES, "10.00"), debit(MARCH, CASH, "0.00"));
        for (JournalEntry other : List.of(shorter, longer, otherDate, otherScale)) {
            assertThatExceptionOfType(EventIdMismatchException.class).isThrownBy(() -> ledger.post(other));
        }
        assertThat(events.head().orElseThrow().position().value()).isEqualTo(4);
    }

    @ParameterizedTest
    @EnumSource
    void numbersThatLookLikeLinesOfAnotherEntryDoNotCollide(Backend backend) {
        Ledger ledger = new Ledger(backend.open());

        assertThat(ledger.post(sale("JE-1", MARCH, "1.00")).alreadyRecorded()).isFalse();
        assertThat(ledger.post(sale("1/JE-1", MARCH, "1.00")).alreadyRecorded()).isFalse();
        assertThat(ledger.post(sale("JE-1/1", MARCH, "1.00")).alreadyRecorded()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void batchIsPostedWholeOrNotAtAll(Backend backend) {
        EventStreamManager events = backend.open();
        Ledger ledger = new Ledger(events);
        ledger.post(sale("JE-1", MARCH, "1.00"));

        assertThatExceptionOfType(EventIdMismatchException.class)
                .isThrownBy(() -> ledger.postAll(List.of(sale("JE-2", MARCH, "2.00"), sale("JE-1", MARCH, "3.00"))));
        assertThat(events.version(Ledger.entry("JE-2"))).isEqualTo(EventVersion.NONE);
    }

    @ParameterizedTest
    @EnumSource
    void balanceKeepsCurrenciesApartAndScales(Backend backend) {
        Ledger ledger = new Ledger(backend.open());
        ledger.post(sale("JE-1", MARCH, "100.50"));
        ledger.post(sale("JE-2", APRIL, "0.125"));
        ledger.post(JournalEntry.of(
                "JE-3",
                JournalLine.debit(APRIL, CASH, new BigDecimal("7"), "USD", ""),
                JournalLine.credit(APRIL, SALES, new BigDecimal("7"), "USD", "")));

        assertThat(ledger.balance(CASH).amounts())
                .containsOnlyKeys("MYR", "USD")
                .containsEntry("MYR", new BigDecimal("100.625"))
                .containsEntry("USD", new BigDecimal("7"));
        assertThat(ledger.balance(SALES).in("MYR")).isEqualTo(new BigDecimal("-100.625"));
        assertThat(ledger.balance("9999")).isEqualTo(Balance.ZERO);
        assertThat(ledger.balanceAt(CASH, AsOf.occurred(MARCH)).in("USD")).isEqualTo(BigDecimal.ZERO);
    }

    @ParameterizedTest
    @EnumSource
    void trialBalanceOfADayIncludesItsLastMicrosecondAndNothingOfTheNext(Backend backend) {
        EventStreamManager events = backend.open();
        Ledger ledger = new Ledger(events);
        append(events, "2025-03-31T23:59:59.999999Z", "1");
        append(events, "2025-04-01T00:00:00Z", "10");

        assertThat(ledger.trialBalance(AsOf.occurred(MARCH)).of(CASH).in("MYR")).isEqualTo(new BigDecimal("1"));
        assertThat(ledger.trialBalance(AsOf.occurred(APRIL)).of(CASH).in("MYR")).isEqualTo(new BigDecimal("11"));
        assertThat(ledger.trialBalance(AsOf.occurred(MARCH.minusDays(1))).accounts())
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void daysBeginWhereTheLedgerLives(Backend backend) {
        ZoneId kualaLumpur = ZoneId.of("Asia/Kuala_Lumpur");
        EventStreamManager events = backend.open();
        Ledger ledger = new Ledger(events, kualaLumpur);
        ledger.post(sale("JE-1", APRIL, "5.00"));

        assertThat(events.read(EventQuery.log()).events())
                .extracting(RecordedEvent::occurredAt)
                .containsOnly(Instant.parse("2025-03-31T16:00:00Z"));
        assertThat(ledger.balanceAt(CASH, AsOf.occurred(MARCH, kualaLumpur)).in("MYR"))
                .isZero();
        assertThat(ledger.balanceAt(CASH, AsOf.occurred(APRIL, kualaLumpur)).in("MYR"))
                .isEqualByComparingTo("5");
        assertThat(ledger.find("JE-1").orElseThrow().lines())
                .extracting(JournalLine::date)
                .containsOnly(APRIL);
    }

    @ParameterizedTest
    @EnumSource
    void dayIsRememberedAsItWasKnownBeforeACorrection(Backend backend) {
        Ledger ledger = new Ledger(backend.open());
        Instant before = ledger.post(sale("JE-1", MARCH, "100.00")).recordedAt();
        ledger.post(sale("COR-1", MARCH, "-30.00"));

        AsOf march = AsOf.occurred(MARCH);
        assertThat(ledger.trialBalance(march).of(CASH).in("MYR")).isEqualTo(new BigDecimal("70.00"));
        assertThat(ledger.trialBalance(march.andRecorded(before)).of(CASH).in("MYR"))
                .isEqualTo(new BigDecimal("100.00"));
        assertThat(ledger.balanceAt(CASH, march.andRecorded(before)).in("MYR")).isEqualTo(new BigDecimal("100.00"));
    }

    @ParameterizedTest
    @EnumSource
    void trialBalanceSumsToZeroAndKnowsItsLatestLine(Backend backend) {
        Ledger ledger = new Ledger(backend.open());
        assertThat(ledger.trialBalance(AsOf.now())).isEqualTo(new TrialBalance(new TreeMap<>(), Optional.empty()));
        ledger.post(sale("JE-2", APRIL, "2.00"));
        ledger.post(sale("JE-1", LocalDate.of(1957, 8, 31), "1.5"));

        TrialBalance now = ledger.trialBalance(AsOf.now());
        assertThat(now.total().amounts()).containsOnlyKeys("MYR");
        assertThat(now.total().in("MYR")).isZero();
        assertThat(now.lastOccurredAt()).contains(Instant.parse("2025-04-01T00:00:00Z"));
        assertThat(ledger.trialBalance(AsOf.occurred(LocalDate.of(1969, 12, 31)))
                        .of(SALES)
                        .in("MYR"))
                .isEqualTo(new BigDecimal("-1.5"));
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> ledger.trialBalance(AsOf.version(EventVersion.first())))
                .withMessageContaining("upToVersion belongs to a query for one stream");
    }

    @ParameterizedTest
    @EnumSource
    void reversalTakesAnEntryBackOnItsOwnDay(Backend backend) {
        Ledger ledger = new Ledger(backend.open());
        ledger.post(sale("JE-1", MARCH, "100.00"));
        ledger.reverse("JE-1", "JE-2", APRIL);

        assertThat(ledger.balanceAt(CASH, AsOf.occurred(MARCH)).in("MYR")).isEqualTo(new BigDecimal("100.00"));
        assertThat(ledger.balanceAt(CASH, AsOf.occurred(APRIL)).in("MYR")).isEqualTo(new BigDecimal("0.00"));
        assertThat(ledger.find("JE-2"))
                .contains(JournalEntry.of(
                        "JE-2",
                        JournalLine.credit(APRIL, CASH, new BigDecimal("100.00"), "MYR", "Reversal of JE-1"),
                        JournalLine.debit(APRIL, SALES, new BigDecimal("100.00"), "MYR", "Reversal of JE-1")));
    }

    @ParameterizedTest
    @EnumSource
    void entryIsReversedOnce(Backend backend) {
        EventStreamManager events = backend.open();
        Ledger ledger = new Ledger(events);
        ledger.post(sale("JE-1", MARCH, "100.00"));
        ledger.reverse("JE-1", "JE-2", APRIL);

        assertThat(ledger.reverse("JE-1", "JE-2", APRIL).alreadyRecorded()).isTrue();
        assertThatExceptionOfType(ConcurrencyException.class).isThrownBy(() -> ledger.reverse("JE-1", "JE-3", APRIL));
        assertThat(events.version(Ledger.entry("JE-3"))).isEqualTo(EventVersion.NONE);
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> ledger.reverse("JE-9", "JE-3", APRIL))
                .withMessage("there is no entry JE-9 to reverse");
        assertThat(ledger.find("JE-9")).isEmpty();
    }

    private static void append(EventStreamManager events, String occurredAt, String amount) {
        events.append(
                Ledger.account(CASH),
                ExpectedVersion.any(),
                NewEvent.of(new AccountDebited("JE", new BigDecimal(amount), "MYR", ""))
                        .occurredAt(Instant.parse(occurredAt)));
    }

    private static JournalEntry sale(String number, LocalDate date, String amount) {
        return JournalEntry.of(number, debit(date, CASH, amount), credit(date, SALES, amount));
    }

    private static JournalLine debit(LocalDate date, String account, String amount) {
        return JournalLine.debit(date, account, new BigDecimal(amount), "MYR", "sold");
    }

    private static JournalLine credit(LocalDate date, String account, String amount) {
        return JournalLine.credit(date, account, new BigDecimal(amount), "MYR", "sold");
    }
}
