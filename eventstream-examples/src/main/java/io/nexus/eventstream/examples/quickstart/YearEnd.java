package io.nexus.eventstream.examples.quickstart;

import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.examples.finance.FiscalPeriods;
import io.nexus.eventstream.examples.finance.JournalEntry;
import io.nexus.eventstream.examples.finance.JournalLine;
import io.nexus.eventstream.examples.finance.Ledger;
import io.nexus.eventstream.examples.finance.PeriodClosedException;
import io.nexus.eventstream.examples.finance.TrialBalance;
import java.math.BigDecimal;
import java.time.LocalDate;

/** A fiscal year is closed, reopened and closed again. In a tenant of its own, so that nobody's books are closed. */
final class YearEnd {

    static final String TENANT = "quickstart-close";

    private static final LocalDate YEAR_END = LocalDate.of(2025, 12, 31);
    private static final LocalDate NEXT_YEAR = YEAR_END.plusDays(1);

    private final Screen screen;
    private final EventStreamManager events;
    private final Ledger ledger;

    YearEnd(Screen screen, Database database) {
        this.screen = screen;
        this.events = database.events(TENANT);
        this.ledger = new Ledger(events);
    }

    void show() {
        screen.section("A fiscal year is closed, and reopened for a reason");
        ledger.post(entry("SALE-MYR", "1110", "4100", "5000.00", "MYR", LocalDate.of(2025, 12, 15)));
        ledger.post(entry("SALE-USD", "1110", "4100", "800.00", "USD", LocalDate.of(2025, 12, 16)));
        screen.line("Posted     two sales, 5,000.00 MYR on 2025-12-15 and 800.00 USD on 2025-12-16");
        close("opening balances");

        // A number of its own for each run in the same database.
        JournalEntry late = entry(
                "LATE-" + events.version(FiscalPeriods.stream()),
                "6300",
                "1110",
                "250.00",
                "MYR",
                LocalDate.of(2025, 12, 30));
        try {
            ledger.post(late);
        } catch (PeriodClosedException e) {
            screen.line(
                    "Refused    %s on 2025-12-30: the books are closed through %s", late.number(), e.closedThrough());
        }
        ledger.periods().reopen(LocalDate.of(2025, 12, 1), "the freight bill came in late");
        screen.line("Reopened   from 2025-12-01: the freight bill came in late");
        ledger.post(late);
        screen.line("Posted     %s, 250.00 MYR of freight on 2025-12-30", late.number());
        TrialBalance closing = close("differences");

        screen.gap();
        TrialBalance opening = ledger.periods().opening(NEXT_YEAR);
        Table table = new Table(2, "Account", "Currency", "Closing " + YEAR_END, "Opening " + NEXT_YEAR);
        addRows(table, closing, opening);
        table.print(screen);
        screen.gap();
        screen.line("A posting expects the stream of closings unchanged: of the two at once, one is first.");
    }

    private TrialBalance close(String what) {
        long before = carried();
        TrialBalance closing = ledger.periods().close(YEAR_END);
        screen.line("Closed     through %s: %s %s carried forward", YEAR_END, carried() - before, what);
        return closing;
    }

    private long carried() {
        return events.version(FiscalPeriods.openingStream(NEXT_YEAR)).value();
    }

    private static void addRows(Table table, TrialBalance closing, TrialBalance opening) {
        closing.accounts()
                .forEach((account, balance) -> balance.amounts()
                        .forEach((currency, amount) -> table.row(
                                account,
                                currency,
                                Screen.number(amount),
                                Screen.number(opening.of(account).in(currency)))));
        table.rule();
        closing.total()
                .amounts()
                .forEach((currency, amount) -> table.row(
                        "Sum",
                        currency,
                        Screen.number(amount),
                        Screen.number(opening.total().in(currency))));
    }

    private static JournalEntry entry(
            String number, String debited, String credited, String amount, String currency, LocalDate date) {
        return JournalEntry.of(
                number,
                JournalLine.debit(date, debited, new BigDecimal(amount), currency, "Quickstart"),
                JournalLine.credit(date, credited, new BigDecimal(amount), currency, "Quickstart"));
    }
}
