package io.nexus.eventstream.examples.quickstart;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.examples.finance.AccountBalance;
import io.nexus.eventstream.examples.finance.AccountBalances;
import io.nexus.eventstream.examples.finance.Ledger;
import io.nexus.eventstream.examples.finance.TrialBalance;
import io.nexus.eventstream.examples.inventory.CurrentStock;
import io.nexus.eventstream.examples.inventory.Stock;
import io.nexus.eventstream.examples.inventory.Warehouse;
import io.nexus.eventstream.projection.ProjectionStatus;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** Two read models catch up with the log, and are compared with it. */
final class CatchUp {

    /** Amounts of several currencies have no sum. */
    private static final String SUMMED = "MYR";

    private final Screen screen;
    private final ReadModels readModels;
    private final TenantId tenant = TenantId.of(Quickstart.TENANT);
    private final Ledger ledger;
    private final Warehouse warehouse;

    CatchUp(Screen screen, ReadModels readModels, EventStreamManager events) {
        this.screen = screen;
        this.readModels = readModels;
        this.ledger = new Ledger(events);
        this.warehouse = new Warehouse(events);
    }

    /** Starts the engine and shows what it does. */
    void show() {
        screen.section("Two read models catch up with the log");
        readModels.bars().show(tenant);
        readModels.engine().start();
        readModels.awaitCaughtUp(tenant, AccountBalances.NAME);
        readModels.awaitCaughtUp(tenant, CurrentStock.NAME);
        if (readModels.bars().hide() == 0) {
            screen.line("  They stood here before; there was little or nothing left to do.");
        }
        screen.gap();
        Table table = new Table(2, "Read model", "Table", "Events handled", "Checkpoint", "Log", "Behind");
        status(table, AccountBalances.NAME, readModels.balances().table(tenant));
        status(table, CurrentStock.NAME, readModels.stock().table(tenant));
        table.print(screen);
        screen.gap();
        compare();
    }

    private void status(Table table, String projection, String from) {
        ProjectionStatus status = readModels.live(tenant, projection).orElseThrow();
        table.row(
                projection,
                from,
                Screen.number(status.handled()),
                Screen.number(status.checkpoint().value()),
                Screen.number(status.head().value()),
                Screen.number(status.lagInEvents()));
    }

    private void compare() {
        Timed<List<AccountBalance>> rows = Timed.of(() -> readModels.balances().all(tenant));
        Timed<TrialBalance> folded = Timed.of(() -> ledger.trialBalance(AsOf.now()));
        Timed<Map<String, Stock>> shelves = Timed.of(() -> readModels.stock().all(tenant));
        Timed<Map<String, Stock>> foldedShelves =
                Timed.of(() -> warehouse.stockList(AsOf.now()).stocks());
        List<AccountBalance> balances = rows.value();
        Table table = new Table(1, "", "In the table", "Folded from the log");
        table.row("Balances, one an account and currency", size(balances), size(amounts(folded.value())));
        table.row(
                "Sum of the debit balances in " + SUMMED,
                debits(balances.stream()
                        .filter(row -> row.currency().equals(SUMMED))
                        .map(AccountBalance::balance)
                        .toList()),
                debits(folded.value().accounts().values().stream()
                        .map(balance -> balance.in(SUMMED))
                        .toList()));
        table.row(
                "SKUs",
                size(shelves.value().keySet()),
                size(foldedShelves.value().keySet()));
        table.row("On hand", sum(shelves, Stock::onHand), sum(foldedShelves, Stock::onHand));
        table.row("Reserved", sum(shelves, Stock::reserved), sum(foldedShelves, Stock::reserved));
        table.row("Available", sum(shelves, Stock::available), sum(foldedShelves, Stock::available));
        table.row("All balances read in", Screen.time(rows.took()), Screen.time(folded.took()));
        table.row("All stock read in", Screen.time(shelves.took()), Screen.time(foldedShelves.took()));
        table.print(screen);
        screen.gap();
        boolean same = agree(balances, folded.value()) && agree(shelves.value(), foldedShelves.value());
        screen.line(
                same
                        ? "Compared row by row: every balance and every stock is the same in both."
                        : "They differ. If nobody else writes into this tenant, this must not be: please report it.");
    }

    /** Returns whether a table's balances are those of a fold, no more and no fewer, to the last digit. */
    static boolean agree(List<AccountBalance> rows, TrialBalance folded) {
        return rows.size() == amounts(folded).size()
                && rows.stream()
                        .allMatch(row ->
                                row.balance().compareTo(folded.of(row.account()).in(row.currency())) == 0);
    }

    private static boolean agree(Map<String, Stock> rows, Map<String, Stock> folded) {
        return rows.keySet().equals(folded.keySet())
                && rows.entrySet().stream()
                        .allMatch(row -> same(row.getValue(), folded.getOrDefault(row.getKey(), Stock.NONE)));
    }

    private static boolean same(Stock one, Stock other) {
        return one.onHand().compareTo(other.onHand()) == 0 && one.reserved().compareTo(other.reserved()) == 0;
    }

    private static List<BigDecimal> amounts(TrialBalance trialBalance) {
        List<BigDecimal> amounts = new ArrayList<>();
        trialBalance
                .accounts()
                .values()
                .forEach(balance -> amounts.addAll(balance.amounts().values()));
        return amounts;
    }

    private static String size(Collection<?> all) {
        return Screen.number(all.size());
    }

    private static String debits(List<BigDecimal> amounts) {
        return Screen.number(
                amounts.stream().filter(amount -> amount.signum() > 0).reduce(BigDecimal.ZERO, BigDecimal::add));
    }

    private static String sum(Timed<Map<String, Stock>> stocks, Function<Stock, BigDecimal> quantity) {
        return Screen.number(stocks.value().values().stream().map(quantity).reduce(BigDecimal.ZERO, BigDecimal::add));
    }

    /** An answer and how long it took. */
    private record Timed<T>(T value, Duration took) {

        static <T> Timed<T> of(Supplier<? extends T> question) {
            long begin = System.nanoTime();
            T value = question.get();
            return new Timed<>(value, Duration.ofNanos(System.nanoTime() - begin));
        }
    }
}
