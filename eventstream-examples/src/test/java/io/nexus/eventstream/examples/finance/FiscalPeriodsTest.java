package io.nexus.eventstream.examples.finance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.examples.Backend;
import io.nexus.eventstream.spi.ForwardingEventStore;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What closed periods promise, on every store. */
class FiscalPeriodsTest {

    private static final LocalDate YEAR_END = LocalDate.of(2025, 12, 31);
    private static final LocalDate NEW_YEAR = LocalDate.of(2026, 1, 1);
    private static final String CASH = "1110";
    private static final String SALES = "4100";
    private static final int POSTERS = 8;

    @ParameterizedTest
    @EnumSource
    void openingBalancesAreTheClosingBalancesInEveryCurrency(Backend backend) {
        EventStreamManager events = backend.open();
        Ledger ledger = new Ledger(events);
        ledger.post(sale("JE-1", YEAR_END, "100.50", "MYR"));
        ledger.post(sale("JE-2", LocalDate.of(2025, 2, 1), "7.125", "USD"));
        ledger.post(sale("JE-3", YEAR_END, "30.00", "EUR"));
        ledger.post(sale("JE-4", YEAR_END, "-30.00", "EUR"));
        ledger.post(sale("JE-5", NEW_YEAR, "1000.00", "MYR"));

        TrialBalance closing = ledger.periods().close(YEAR_END);

        assertThat(payloads(events, FiscalPeriods.openingStream(NEW_YEAR)))
                .containsExactly(
                        carried(CASH, "MYR", "100.50"),
                        carried(CASH, "USD", "7.125"),
                        carried(SALES, "MYR", "-100.50"),
                        carried(SALES, "USD", "-7.125"));
        TrialBalance opening = ledger.periods().opening(NEW_YEAR);
        assertThat(closing.minus(opening)).isEmpty();
        assertThat(closing.minus(ledger.trialBalance(AsOf.occurred(YEAR_END)))).isEmpty();
        assertThat(opening.total().amounts())
                .containsOnlyKeys("MYR", "USD")
                .allSatisfy((currency, sum) -> assertThat(sum).isZero());
        assertThat(ledger.trialBalance(AsOf.now()).minus(opening).get(CASH).amounts())
                .containsOnlyKeys("MYR")
                .containsEntry("MYR", new BigDecimal("1000.00"));
        assertThat(ledger.periods().closed().day()).contains(YEAR_END);
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsPostedOnOrBeforeTheLastClosedDay(Backend backend) {
        EventStreamManager events = backend.open();
        Ledger ledger = new Ledger(events);
        ledger.post(sale("JE-1", NEW_YEAR, "100.00", "MYR"));
        ledger.periods().close(YEAR_END);
        Position head = head(events);

        JournalEntry onlyOneLine = JournalEntry.of(
                "JE-2",
                JournalLine.debit(NEW_YEAR, CASH, BigDecimal.ONE, "MYR", ""),
                JournalLine.credit(YEAR_END, SALES, BigDecimal.ONE, "MYR", ""));
        assertThatExceptionOfType(PeriodClosedException.class)
                .isThrownBy(() -> ledger.post(onlyOneLine))
                .withMessage("entry JE-2 is dated 2025-12-31, the books are closed through 2025-12-31");
        JournalEntry open = sale("JE-3", NEW_YEAR, "1.00", "MYR");
        JournalEntry old = sale("JE-4", LocalDate.of(1957, 8, 31), "1.00", "MYR");
        assertThatExceptionOfType(PeriodClosedException.class).isThrownBy(() -> ledger.postAll(List.of(open, old)));
        assertThatExceptionOfType(PeriodClosedException.class)
                .isThrownBy(() -> ledger.reverse("JE-1", "JE-5", YEAR_END))
                .satisfies(e -> assertThat(e.closedThrough()).isEqualTo(YEAR_END));
        assertThat(head(events)).isEqualTo(head);

        assertThat(ledger.post(open).alreadyRecorded()).isFalse();
        assertThat(ledger.reverse("JE-1", "JE-5", NEW_YEAR).alreadyRecorded()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void lastDayEndsWhereTheLedgerLives(Backend backend) {
        Ledger ledger = new Ledger(backend.open(), ZoneId.of("Asia/Kuala_Lumpur"));
        ledger.post(sale("JE-1", YEAR_END, "5.00", "MYR"));
        ledger.post(sale("JE-2", NEW_YEAR, "70.00", "MYR"));

        ledger.periods().close(YEAR_END);

        assertThat(ledger.periods().opening(NEW_YEAR).of(CASH).in("MYR")).isEqualTo("5.00");
        ledger.post(sale("JE-3", NEW_YEAR, "1.00", "MYR"));
    }

    @ParameterizedTest
    @EnumSource
    void closingAgainDoesNothing(Backend backend) {
        EventStreamManager events = backend.open();
        Ledger ledger = new Ledger(events);
        ledger.post(sale("JE-1", YEAR_END, "100.00", "MYR"));
        TrialBalance first = ledger.periods().close(YEAR_END);
        Position head = head(events);

        assertThat(ledger.periods().close(YEAR_END)).isEqualTo(first);
        ledger.periods().close(YEAR_END.minusYears(1));
        assertThat(head(events)).isEqualTo(head);
        assertThat(ledger.periods().closed().day()).contains(YEAR_END);
    }

    @ParameterizedTest
    @EnumSource
    void closeThatWasEndedHalfwayIsCompletedByAnother(Backend backend) {
        EventStreamManager events = backend.open();
        Ledger ledger = new Ledger(events);
        ledger.post(sale("JE-1", YEAR_END, "100.00", "MYR"));
        events.append(FiscalPeriods.stream(), ExpectedVersion.noStream(), new PeriodClosed(YEAR_END));
        assertThat(ledger.periods().opening(NEW_YEAR).accounts()).isEmpty();

        TrialBalance closing = ledger.periods().close(YEAR_END);

        assertThat(closing.minus(ledger.periods().opening(NEW_YEAR))).isEmpty();
        assertThat(events.version(FiscalPeriods.stream())).isEqualTo(EventVersion.first());
    }

    @ParameterizedTest
    @EnumSource
    void reopenedPeriodTakesPostingsAndCarriesTheDifferencesForward(Backend backend) {
        EventStreamManager events = backend.open();
        Ledger ledger = new Ledger(events);
        ledger.post(sale("JE-1", YEAR_END, "100.00", "MYR"));
        ledger.periods().close(YEAR_END);
        LocalDate december = LocalDate.of(2025, 12, 1);

        assertThat(ledger.periods().reopen(december, "Invoice came in late")).isTrue();
        assertThat(ledger.periods().reopen(december, "Invoice came in late")).isFalse();
        ledger.post(sale("JE-2", YEAR_END, "-30.00", "MYR"));
        assertThatExceptionOfType(PeriodClosedException.class)
                .isThrownBy(() -> ledger.post(sale("JE-3", LocalDate.of(2025, 11, 30), "1.00", "MYR")));
        assertThat(ledger.periods().opening(NEW_YEAR).of(CASH).in("MYR")).isEqualTo("100.00");
        TrialBalance closing = ledger.periods().close(YEAR_END);

        assertThat(closing.of(CASH).in("MYR")).isEqualTo("70.00");
        assertThat(closing.minus(ledger.periods().opening(NEW_YEAR))).isEmpty();
        assertThat(payloads(events, FiscalPeriods.openingStream(NEW_YEAR)))
                .containsExactly(
                        carried(CASH, "MYR", "100.00"),
                        carried(SALES, "MYR", "-100.00"),
                        carried(CASH, "MYR", "-30.00"),
                        carried(SALES, "MYR", "30.00"));
        assertThat(payloads(events, FiscalPeriods.stream()))
                .containsExactly(
                        new PeriodClosed(YEAR_END),
                        new PeriodReopened(december, "Invoice came in late"),
                        new PeriodClosed(YEAR_END));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> ledger.periods().reopen(december, " "));
    }

    @ParameterizedTest
    @EnumSource
    void entryThatWasPostedBeforeTheCloseIsKnownWhenItIsRepeated(Backend backend) {
        Ledger ledger = new Ledger(backend.open());
        AppendResult posted = ledger.post(sale("JE-1", YEAR_END, "100.00", "MYR"));
        ledger.reverse("JE-1", "JE-2", YEAR_END);
        ledger.periods().close(YEAR_END);

        AppendResult again = ledger.post(sale("JE-1", YEAR_END, "100.00", "MYR"));
        assertThat(again.alreadyRecorded()).isTrue();
        assertThat(again.events()).isEqualTo(posted.events());
        assertThat(ledger.reverse("JE-1", "JE-2", YEAR_END).alreadyRecorded()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void closeThatComesBetweenLookingAndPostingIsSeen(Backend backend) {
        EventStreamManager events = backend.open();
        Ledger ledger = new Ledger(events);
        Ledger slow =
                new Ledger(events.with(new Before(events, () -> ledger.periods().close(YEAR_END))));

        assertThatExceptionOfType(PeriodClosedException.class)
                .isThrownBy(() -> slow.post(sale("JE-1", YEAR_END, "1.00", "MYR")));
        assertThat(events.version(Ledger.account(CASH))).isEqualTo(EventVersion.NONE);

        Ledger other =
                new Ledger(events.with(new Before(events, () -> ledger.periods().close(NEW_YEAR))));
        other.post(sale("JE-2", NEW_YEAR.plusDays(1), "1.00", "MYR"));
        assertThat(events.version(Ledger.account(CASH))).isEqualTo(EventVersion.first());
    }

    @ParameterizedTest
    @EnumSource
    void whoIsDisturbedWhileClosingCarriesNothingTwiceAndNothingThatIsOpen(Backend backend) {
        EventStreamManager events = backend.open();
        Ledger ledger = new Ledger(events);
        ledger.post(sale("JE-1", YEAR_END, "100.00", "MYR"));
        events.append(FiscalPeriods.stream(), ExpectedVersion.noStream(), new PeriodClosed(YEAR_END));

        new Ledger(events.with(new Before(events, () -> ledger.periods().close(YEAR_END))))
                .periods()
                .close(YEAR_END);
        assertThat(events.version(FiscalPeriods.openingStream(NEW_YEAR))).isEqualTo(EventVersion.of(2));

        ledger.periods().reopen(YEAR_END, "Invoice came in late");
        ledger.post(sale("JE-2", YEAR_END, "1.00", "MYR"));
        events.append(FiscalPeriods.stream(), ExpectedVersion.streamExists(), new PeriodClosed(YEAR_END));
        Ledger reopened =
                new Ledger(events.with(new Before(events, () -> ledger.periods().reopen(YEAR_END, "Another"))));
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> reopened.periods().close(YEAR_END))
                .withMessageContaining("reopened while they were being closed");
        assertThat(events.version(FiscalPeriods.openingStream(NEW_YEAR))).isEqualTo(EventVersion.of(2));
    }

    @ParameterizedTest
    @EnumSource
    void ofAPostingAndAClosingAtTheSameMomentTheLogHasOneFirst(Backend backend) throws Exception {
        EventStreamManager events = backend.open();
        Ledger ledger = new Ledger(events);
        CountDownLatch underWay = new CountDownLatch(POSTERS * 3);
        List<Callable<Integer>> racers = new ArrayList<>();
        for (int i = 0; i < POSTERS; i++) {
            String poster = "P" + i + "-";
            racers.add(() -> postUntilRefused(ledger, poster, underWay));
        }
        Callable<Integer> closer = () -> {
            assertThat(underWay.await(2, TimeUnit.MINUTES)).isTrue();
            return ledger.periods().close(YEAR_END).accounts().size();
        };
        racers.addAll(Collections.nCopies(2, closer));
        ExecutorService threads = Executors.newFixedThreadPool(racers.size());
        int accepted = 0;
        try {
            List<Future<Integer>> results = threads.invokeAll(racers);
            for (Future<Integer> poster : results.subList(0, POSTERS)) {
                accepted += poster.get();
            }
            for (Future<Integer> closed : results.subList(POSTERS, results.size())) {
                assertThat(closed.get()).isEqualTo(2);
            }
        } finally {
            threads.shutdownNow();
        }

        List<RecordedEvent> log = new ArrayList<>();
        events.walk(EventQuery.log()).forEach(log::add);
        List<RecordedEvent> closings = log.stream()
                .filter(event -> event.payload() instanceof PeriodClosed)
                .toList();
        assertThat(closings).hasSize(1);
        assertThat(log)
                .filteredOn(event -> event.payload() instanceof AccountEvent
                        && event.position().compareTo(closings.get(0).position()) > 0)
                .hasSizeGreaterThanOrEqualTo(2 * POSTERS)
                .allSatisfy(event -> assertThat(event.occurredAt()).isEqualTo("2026-01-01T00:00:00Z"));
        TrialBalance closing = ledger.trialBalance(AsOf.occurred(YEAR_END));
        assertThat(closing.of(CASH).in("MYR")).isEqualByComparingTo(BigDecimal.valueOf(accepted));
        assertThat(closing.total().in("MYR")).isZero();
        assertThat(closing.minus(ledger.periods().opening(NEW_YEAR))).isEmpty();
        assertThat(events.version(FiscalPeriods.openingStream(NEW_YEAR))).isEqualTo(EventVersion.of(2));
        assertThat(ledger.trialBalance(AsOf.now()).total().in("MYR")).isZero();
    }

    /** Posts into the old year and the new in turn, until the old one is closed, and returns how often it was open. */
    private static int postUntilRefused(Ledger ledger, String poster, CountDownLatch underWay) {
        for (int accepted = 0; ; accepted++) {
            try {
                ledger.post(sale(poster + "old-" + accepted, YEAR_END, "1.00", "MYR"));
            } catch (PeriodClosedException e) {
                ledger.post(sale(poster + "last", NEW_YEAR, "1.00", "MYR"));
                return accepted;
            }
            ledger.post(sale(poster + "new-" + accepted, NEW_YEAR, "1.00", "MYR"));
            underWay.countDown();
            assertThat(accepted).as("postings of one poster").isLessThan(100_000);
        }
    }

    private static List<Object> payloads(EventStreamManager events, StreamId stream) {
        return events.read(EventQuery.stream(stream)).events().stream()
                .map(RecordedEvent::payload)
                .toList();
    }

    private static Position head(EventStreamManager events) {
        return events.head().orElseThrow().position();
    }

    private static BalanceCarriedForward carried(String account, String currency, String amount) {
        return new BalanceCarriedForward(account, currency, new BigDecimal(amount));
    }

    private static JournalEntry sale(String number, LocalDate date, String amount, String currency) {
        return JournalEntry.of(
                number,
                JournalLine.debit(date, CASH, new BigDecimal(amount), currency, "sold"),
                JournalLine.credit(date, SALES, new BigDecimal(amount), currency, "sold"));
    }

    /** A store on which somebody else does something just before the first append. */
    private static final class Before extends ForwardingEventStore {

        private final EventStreamManager others;
        private final Runnable something;
        private boolean done;

        Before(EventStreamManager others, Runnable something) {
            this.others = others;
            this.something = something;
        }

        @Override
        public AppendResult appendAll(TenantId tenant, List<StreamAppend> appends) {
            if (!done) {
                done = true;
                something.run();
            }
            return super.appendAll(tenant, appends);
        }

        @Override
        protected EventStore delegate() {
            return others.store();
        }
    }
}
