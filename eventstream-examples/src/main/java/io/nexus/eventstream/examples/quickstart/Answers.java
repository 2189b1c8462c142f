package io.nexus.eventstream.examples.quickstart;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.examples.finance.Ledger;
import io.nexus.eventstream.examples.finance.TrialBalance;
import io.nexus.eventstream.examples.inventory.Stock;
import io.nexus.eventstream.examples.inventory.StockList;
import io.nexus.eventstream.examples.inventory.Warehouse;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Asks ledger and warehouse about the days that were asked for, and prints and writes what they say. */
final class Answers {

    private static final int DAYS_SHOWN = 3;
    private static final int ROWS_SHOWN = 20;

    private final Screen screen;
    private final Options options;
    private final Ledger ledger;
    private final Warehouse warehouse;

    Answers(Screen screen, Options options, EventStreamManager events) {
        this.screen = screen;
        this.options = options;
        this.ledger = new Ledger(events, options.zone());
        this.warehouse = new Warehouse(events);
    }

    /** Prints the balances, and writes them if a report was asked for. */
    void showBalances() {
        SortedMap<LocalDate, TrialBalance> days = balances(options.asOf());
        screen.section("Balances");
        if (days.isEmpty()) {
            screen.line("Nothing was ever posted.");
        } else {
            BalanceTable.ofAll(lastOf(days)).print(screen);
            sayHowManyAreMissing(days.size(), "report");
        }
        writeBalances(days);
    }

    /** Prints the stock, and writes it if a report was asked for. */
    void showStock() {
        SortedMap<LocalDate, StockList> days = stock(options.asOf());
        screen.section("Stock");
        if (days.isEmpty()) {
            screen.line("Nothing ever moved.");
        } else {
            lastOf(days).forEach(this::printStock);
            sayHowManyAreMissing(days.size(), "stockReport");
        }
        writeStock(days);
    }

    /** Writes the report on balances if it was asked for. */
    void writeBalances() {
        if (options.report().isPresent()) {
            writeBalances(balances(options.asOf()));
        }
    }

    /** Writes the report on stock if it was asked for. */
    void writeStock() {
        if (options.stockReport().isPresent()) {
            writeStock(stock(options.asOf()));
        }
    }

    /** Returns the trial balance at the end of each day; without days, that of now under the day of its latest line. */
    SortedMap<LocalDate, TrialBalance> balances(List<LocalDate> days) {
        SortedMap<LocalDate, TrialBalance> answers = new TreeMap<>();
        days.forEach(day -> answers.put(day, ledger.trialBalance(AsOf.occurred(day, options.zone()))));
        if (days.isEmpty()) {
            TrialBalance now = ledger.trialBalance(AsOf.now());
            now.lastOccurredAt().ifPresent(last -> answers.put(dayOf(last), now));
        }
        return answers;
    }

    /** Prints the stock of one day. */
    void printStock(LocalDate day, StockList list) {
        if (list.stocks().isEmpty()) {
            screen.line("On %s  nothing had moved", day);
            return;
        }
        Table table = new Table(1, "On " + day, "On hand", "Reserved", "Available");
        for (Map.Entry<String, Stock> each :
                list.stocks().entrySet().stream().limit(ROWS_SHOWN).toList()) {
            Stock stock = each.getValue();
            table.row(
                    each.getKey(),
                    Screen.number(stock.onHand()),
                    Screen.number(stock.reserved()),
                    Screen.number(stock.available()));
        }
        table.print(screen);
        int more = list.stocks().size() - ROWS_SHOWN;
        if (more > 0) {
            screen.line("and %s; -DstockReport=FILE writes them all", Screen.count(more, "more SKU", "more SKUs"));
        }
    }

    private SortedMap<LocalDate, StockList> stock(List<LocalDate> days) {
        SortedMap<LocalDate, StockList> answers = new TreeMap<>();
        days.forEach(day -> answers.put(day, warehouse.stockList(AsOf.occurred(day, options.zone()))));
        if (days.isEmpty()) {
            StockList now = warehouse.stockList(AsOf.now());
            now.lastOccurredAt().ifPresent(last -> answers.put(dayOf(last), now));
        }
        return answers;
    }

    private void writeBalances(SortedMap<LocalDate, TrialBalance> days) {
        options.report().ifPresent(file -> {
            Reports.writeBalances(file, days);
            screen.line("%nWritten to %s", file.toAbsolutePath().normalize());
        });
    }

    private void writeStock(SortedMap<LocalDate, StockList> days) {
        options.stockReport().ifPresent(file -> {
            Reports.writeStock(file, days);
            screen.line("%nWritten to %s", file.toAbsolutePath().normalize());
        });
    }

    /** Returns the last days of many, as many as fit on the screen. */
    static <T> SortedMap<LocalDate, T> lastOf(SortedMap<LocalDate, T> days) {
        List<LocalDate> all = List.copyOf(days.keySet());
        return days.tailMap(all.get(Math.max(0, all.size() - DAYS_SHOWN)));
    }

    private void sayHowManyAreMissing(int days, String option) {
        if (days > DAYS_SHOWN) {
            screen.line(
                    "and %s; -D%s=FILE writes them all",
                    Screen.count(days - DAYS_SHOWN, "earlier day", "earlier days"), option);
        }
    }

    private LocalDate dayOf(Instant moment) {
        return LocalDate.ofInstant(moment, options.zone());
    }
}
