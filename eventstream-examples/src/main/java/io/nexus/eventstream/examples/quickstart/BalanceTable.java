package io.nexus.eventstream.examples.quickstart;

import io.nexus.eventstream.examples.finance.Balance;
import io.nexus.eventstream.examples.finance.TrialBalance;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** Balances on several days: a row for every account and currency, a column for every day. */
final class BalanceTable {

    private static final int ROWS_SHOWN = 50;

    private final SortedMap<LocalDate, TrialBalance> days;
    private final Function<String, String> name;
    private final boolean summed;

    private BalanceTable(SortedMap<LocalDate, TrialBalance> days, Function<String, String> name, boolean summed) {
        this.days = days;
        this.name = name;
        this.summed = summed;
    }

    /** Returns a table of all accounts. */
    static BalanceTable ofAll(SortedMap<LocalDate, TrialBalance> days) {
        return new BalanceTable(days, account -> account, true);
    }

    /** Returns a table of some accounts, without their sums, which would mean nothing. */
    static BalanceTable ofSome(SortedMap<LocalDate, TrialBalance> days, Function<String, String> name) {
        return new BalanceTable(days, name, false);
    }

    /** Prints the table. */
    void print(Screen screen) {
        List<String> headings = new ArrayList<>(List.of("Account", "Currency"));
        days.keySet().forEach(day -> headings.add(day.toString()));
        Table table = new Table(2, headings.toArray(String[]::new));

        int rows = 0;
        for (var account : currenciesByAccount().entrySet()) {
            for (String currency : account.getValue()) {
                if (++rows <= ROWS_SHOWN) {
                    table.row(cells(name.apply(account.getKey()), currency, day -> day.of(account.getKey())));
                }
            }
        }
        if (rows > 0 && summed) {
            table.rule();
            for (String currency : currencies(TrialBalance::total)) {
                table.row(cells("Sum", currency, TrialBalance::total));
            }
        }
        table.print(screen);
        if (rows > ROWS_SHOWN) {
            screen.line(
                    "and %s; -Dreport=FILE writes them all", Screen.count(rows - ROWS_SHOWN, "more row", "more rows"));
        }
    }

    private SortedMap<String, Set<String>> currenciesByAccount() {
        SortedMap<String, Set<String>> currencies = new TreeMap<>();
        for (TrialBalance day : days.values()) {
            for (String account : day.accounts().keySet()) {
                currencies.computeIfAbsent(account, each -> currencies(any -> any.of(each)));
            }
        }
        return currencies;
    }

    private Set<String> currencies(Function<TrialBalance, Balance> balance) {
        Set<String> currencies = new TreeSet<>();
        days.values()
                .forEach(day -> currencies.addAll(balance.apply(day).amounts().keySet()));
        return currencies;
    }

    private String[] cells(String first, String currency, Function<TrialBalance, Balance> balance) {
        List<String> cells = new ArrayList<>(List.of(first, currency));
        for (TrialBalance day : days.values()) {
            BigDecimal amount = balance.apply(day).amounts().get(currency);
            cells.add(amount == null ? "" : Screen.number(amount));
        }
        return cells.toArray(String[]::new);
    }
}
