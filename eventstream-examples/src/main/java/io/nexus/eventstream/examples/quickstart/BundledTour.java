package io.nexus.eventstream.examples.quickstart;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.examples.finance.AccountEvent;
import io.nexus.eventstream.examples.finance.Balance;
import io.nexus.eventstream.examples.finance.Ledger;
import io.nexus.eventstream.examples.finance.TrialBalance;
import io.nexus.eventstream.examples.inventory.Warehouse;
import io.nexus.eventstream.examples.quickstart.JournalFile.NumberedEntry;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What the program shows with the data that comes with it: two years of a trading company in Malaysia. */
final class BundledTour {

    private static final LocalDate FIRST_YEAR_END = LocalDate.of(2024, 12, 31);
    private static final LocalDate HALF_YEAR = LocalDate.of(2025, 6, 30);
    private static final LocalDate SECOND_YEAR_END = LocalDate.of(2025, 12, 31);
    private static final List<String> SHOWN_ACCOUNTS =
            List.of("1110", "1120", "1200", "1300", "2100", "4100", "5100", "6100", "6300");
    private static final String CORRECTIONS = "COR-";

    private final Screen screen;
    private final Options options;
    private final Database database;
    private final EventStreamManager events;
    private final Ledger ledger;
    private final Imports imports;
    private final Answers answers;

    BundledTour(Screen screen, Options options, Database database, Imports imports) {
        this.screen = screen;
        this.options = options;
        this.database = database;
        this.events = database.events(Quickstart.TENANT);
        this.ledger = new Ledger(events, options.zone());
        this.imports = imports;
        this.answers = new Answers(screen, options, events);
    }

    void importAndShow(JournalFile journal, StockFile stock) {
        screen.section("Import: two years of a trading company in Malaysia");
        Predicate<NumberedEntry> isCorrection = entry -> entry.entry().number().startsWith(CORRECTIONS);
        Optional<Instant> beforeCorrections = imports.journal(
                journal,
                journal.entries().stream().filter(isCorrection.negate()).toList());
        imports.stock(stock);
        List<NumberedEntry> corrections =
                journal.entries().stream().filter(isCorrection).toList();
        Optional<Duration> single = imports.oneByOne(journal, corrections);
        screen.line(
                "And %d corrections, dated back into days that were closed by then%s",
                corrections.size(), single.isEmpty() ? ": nothing new" : "");

        showTrialBalance();
        showPastDays();
        beforeCorrections.ifPresent(this::showCorrections);
        showStock();
        new Conflict(screen, database).show();
        new YearEnd(screen, database).show();
        showTenants();
        showReadModels();
        imports.printTime();
        single.ifPresent(median -> screen.line(
                "One entry alone: median %s, measured on the %d corrections", Screen.time(median), corrections.size()));
        showWhatNext();
    }

    private void showTrialBalance() {
        screen.section("Trial balance on %s".formatted(SECOND_YEAR_END));
        TrialBalance trialBalance = ledger.trialBalance(AsOf.occurred(SECOND_YEAR_END, options.zone()));
        List<String> currencies = List.of("MYR", "USD", "SGD", "EUR");
        Table table = new Table(1, "Account", "MYR", "USD", "SGD", "EUR");
        trialBalance.accounts().forEach((account, balance) -> table.row(cells(named(account), currencies, balance)));
        table.rule();
        table.row(cells("Sum", currencies, trialBalance.total()));
        table.print(screen);
    }

    private void showPastDays() {
        List<LocalDate> days = options.asOf().isEmpty() ? List.of(FIRST_YEAR_END, HALF_YEAR) : options.asOf();
        screen.section("Some balances on days in the past");
        SortedMap<LocalDate, TrialBalance> some = new TreeMap<>();
        Answers.lastOf(answers.balances(days)).forEach((day, all) -> {
            SortedMap<String, Balance> accounts = new TreeMap<>(all.accounts());
            accounts.keySet().retainAll(SHOWN_ACCOUNTS);
            some.put(day, new TrialBalance(accounts, all.lastOccurredAt()));
        });
        BalanceTable.ofSome(some, this::named).print(screen);
        answers.writeBalances();
    }

    private void showCorrections(Instant before) {
        screen.section("%s as it was known before and after the corrections".formatted(FIRST_YEAR_END));
        TrialBalance then = ledger.trialBalance(
                AsOf.occurred(FIRST_YEAR_END, options.zone()).andRecorded(before));
        TrialBalance now = ledger.trialBalance(AsOf.occurred(FIRST_YEAR_END, options.zone()));
        Table table = new Table(2, "Account", "Currency", "Known before", "Known now", "Difference");
        now.accounts()
                .forEach((account, balance) -> balance.amounts().forEach((currency, amount) -> {
                    BigDecimal known = then.of(account).in(currency);
                    if (known.compareTo(amount) != 0) {
                        table.row(
                                named(account),
                                currency,
                                Screen.number(known),
                                Screen.number(amount),
                                Screen.number(amount.subtract(known)));
                    }
                }));
        table.print(screen);
        screen.gap();
        screen.line("Before means: as recorded by %s. Both answers stay what they are.", before);
        screen.line("In Java: ledger.trialBalance(AsOf.occurred(yearEnd).andRecorded(before))");
    }

    private void showStock() {
        LocalDate day = options.asOf().isEmpty()
                ? SECOND_YEAR_END
                : options.asOf().get(options.asOf().size() - 1);
        screen.section("Stock on %s".formatted(day));
        answers.printStock(day, new Warehouse(events).stockList(AsOf.occurred(day, options.zone())));
        answers.writeStock();
    }

    private void showTenants() {
        screen.section("Two tenants, one database");
        EventStreamManager other = database.events(Conflict.TENANT);
        EventQuery oldest = EventQuery.log().pageSize(1);
        EventPage page = events.read(oldest);
        Table table = new Table(1, "", Quickstart.TENANT, Conflict.TENANT);
        table.row("Events in its log", size(events), size(other));
        table.row("On hand of " + Conflict.SKU, onHand(events), onHand(other));
        table.row("Events of account/1110", version(events), version(other));
        String id = page.events().get(0).id().toString();
        table.row("Event " + id, "found", other.find(page.events().get(0).id()).isPresent() ? "found" : "not found");
        table.print(screen);
    }

    private void showReadModels() {
        try (ReadModels readModels = new ReadModels(screen, database)) {
            new CatchUp(screen, readModels, events).show();
            new Rebuild(screen, readModels, database).show();
        }
    }

    private static String size(EventStreamManager events) {
        return Screen.number(events.head().orElseThrow().position().value());
    }

    private static String onHand(EventStreamManager events) {
        return Screen.number(new Warehouse(events).stock(Conflict.SKU).onHand());
    }

    private static String version(EventStreamManager events) {
        EventVersion version = events.version(Ledger.account("1110"));
        return version.equals(EventVersion.NONE) ? "none" : Screen.number(version.value());
    }

    /** Returns number and name of an account. The books name it in every description, before the colon. */
    private String named(String account) {
        EventPage first = events.read(EventQuery.stream(Ledger.account(account)).pageSize(1));
        String description = ((AccountEvent) first.events().get(0).payload()).description();
        return account + " " + description.replaceFirst(":.*", "");
    }

    private static String[] cells(String name, List<String> currencies, Balance balance) {
        List<String> cells = new ArrayList<>(List.of(name));
        currencies.forEach(currency -> {
            BigDecimal amount = balance.amounts().get(currency);
            cells.add(amount == null ? "" : Screen.number(amount));
        });
        return cells.toArray(String[]::new);
    }

    private void showWhatNext() {
        screen.section("Your turn");
        screen.line("./mvnw -q -Pquickstart -Djournal=FILE.csv   date,entry,account,debit,credit,currency,description");
        screen.line("                       -Dstock=FILE.csv     date,sku,movement,quantity,reference");
        screen.line("                       -DasOf=2024-12-31    for other days; several with commas between them");
        screen.line("                       -Dreport=OUT.csv     balances as CSV; -DstockReport=OUT.csv for stock");
        screen.line("                       -Dzone=ZONE          where days begin, Asia/Kuala_Lumpur for example");
        screen.line("                       -Djdbc.url=URL       a database of your own, which keeps what it is given");
        screen.gap();
        screen.line("What ran is in eventstream-examples: finance/Ledger.java, inventory/Warehouse.java, quickstart/.");
        screen.line("Closed periods: finance/FiscalPeriods.java.");
        screen.line("The read models: finance/AccountBalances.java, inventory/CurrentStock.java.");
    }
}
