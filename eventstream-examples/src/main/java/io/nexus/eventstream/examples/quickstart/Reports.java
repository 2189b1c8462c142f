package io.nexus.eventstream.examples.quickstart;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import io.nexus.eventstream.examples.finance.TrialBalance;
import io.nexus.eventstream.examples.inventory.StockList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.SortedMap;

/** Writes answers as CSV: RFC 4180, with a header, UTF-8, lines end in LF. */
final class Reports {

    private Reports() {}

    /** Writes the balance of every account and currency at every day. */
    static void writeBalances(Path file, SortedMap<LocalDate, TrialBalance> days) {
        try (CsvWriter csv = writer(file)) {
            csv.writeRecord("asOf", "account", "currency", "balance");
            days.forEach((day, trialBalance) -> trialBalance
                    .accounts()
                    .forEach((account, balance) -> balance.amounts()
                            .forEach((currency, amount) ->
                                    csv.writeRecord(day.toString(), account, currency, amount.toPlainString()))));
        } catch (IOException | UncheckedIOException e) {
            throw new UsageException("-Dreport=%s: it cannot be written: %s".formatted(file, e.getMessage()));
        }
    }

    /** Writes the stock of every SKU at every day. */
    static void writeStock(Path file, SortedMap<LocalDate, StockList> days) {
        try (CsvWriter csv = writer(file)) {
            csv.writeRecord("asOf", "sku", "onHand", "reserved", "available");
            days.forEach((day, stockList) -> stockList
                    .stocks()
                    .forEach((sku, stock) -> csv.writeRecord(
                            day.toString(),
                            sku,
                            stock.onHand().toPlainString(),
                            stock.reserved().toPlainString(),
                            stock.available().toPlainString())));
        } catch (IOException | UncheckedIOException e) {
            throw new UsageException("-DstockReport=%s: it cannot be written: %s".formatted(file, e.getMessage()));
        }
    }

    private static CsvWriter writer(Path file) throws IOException {
        return CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(file, StandardCharsets.UTF_8);
    }
}
