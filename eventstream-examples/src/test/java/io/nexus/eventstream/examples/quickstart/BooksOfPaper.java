package io.nexus.eventstream.examples.quickstart;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** The oracle: balances and stock as somebody would work them out from the rows with a pencil. */
final class BooksOfPaper {

    private record JournalRow(LocalDate date, String account, String currency, BigDecimal change) {}

    private record StockRow(LocalDate date, String sku, BigDecimal onHand, BigDecimal reserved) {}

    private final List<JournalRow> journal = new ArrayList<>();
    private final List<StockRow> stock = new ArrayList<>();

    /** Writes a line of the journal down; an empty amount is none. */
    void post(String date, String account, String debit, String credit, String currency) {
        BigDecimal change = debit.isEmpty() ? new BigDecimal(credit).negate() : new BigDecimal(debit);
        journal.add(new JournalRow(LocalDate.parse(date), account, currency, change));
    }

    /** Writes a movement down. */
    void move(String date, String sku, String onHand, String reserved) {
        stock.add(new StockRow(LocalDate.parse(date), sku, new BigDecimal(onHand), new BigDecimal(reserved)));
    }

    /** Returns the lines of a report on balances. */
    List<String> balances(LocalDate... days) {
        List<String> lines = new ArrayList<>(List.of("asOf,account,currency,balance"));
        for (LocalDate day : days) {
            TreeMap<String, TreeMap<String, BigDecimal>> sums = new TreeMap<>();
            for (JournalRow row : journal) {
                if (!row.date().isAfter(day)) {
                    sums.computeIfAbsent(row.account(), account -> new TreeMap<>())
                            .merge(row.currency(), row.change(), BigDecimal::add);
                }
            }
            sums.forEach((account, byCurrency) -> byCurrency.forEach((currency, sum) ->
                    lines.add("%s,%s,%s,%s".formatted(day, account, currency, sum.toPlainString()))));
        }
        return lines;
    }

    /** Returns the lines of a report on stock. */
    List<String> stock(LocalDate... days) {
        List<String> lines = new ArrayList<>(List.of("asOf,sku,onHand,reserved,available"));
        for (LocalDate day : days) {
            TreeMap<String, BigDecimal> onHand = new TreeMap<>();
            TreeMap<String, BigDecimal> reserved = new TreeMap<>();
            for (StockRow row : stock) {
                if (!row.date().isAfter(day)) {
                    onHand.merge(row.sku(), row.onHand(), BigDecimal::add);
                    reserved.merge(row.sku(), row.reserved(), BigDecimal::add);
                }
            }
            onHand.forEach((sku, there) -> {
                BigDecimal promised = reserved.get(sku);
                lines.add("%s,%s,%s,%s,%s"
                        .formatted(
                                day,
                                sku,
                                there.toPlainString(),
                                promised.toPlainString(),
                                there.subtract(promised).toPlainString()));
            });
        }
        return lines;
    }
}
