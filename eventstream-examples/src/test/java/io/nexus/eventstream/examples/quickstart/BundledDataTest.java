package io.nexus.eventstream.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.localpostgres.LocalPostgres;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The data that comes with the program, and what it shows with it. */
class BundledDataTest {

    @TempDir
    private Path directory;

    @Test
    void bundledFilesHoldNoLineThatIsRefused() {
        JournalFile journal = JournalFile.read(Source.bundled("journal.csv"));
        StockFile stock = StockFile.read(Source.bundled("stock.csv"), ZoneOffset.UTC);

        assertThat(journal.refusals()).isEmpty();
        assertThat(stock.refusals()).isEmpty();
        assertThat(journal.lines()).isGreaterThan(4_000);
        assertThat(journal.entriesOverSeveralDays()).isZero();
        assertThat(stock.rows()).hasSizeGreaterThan(1_500);
        assertThat(stock.rows().stream().map(row -> row.movement().sku()).distinct())
                .hasSize(60);
        assertThat(journal.entries().stream()
                        .flatMap(entry -> entry.entry().lines().stream())
                        .map(line -> line.currency())
                        .distinct())
                .containsExactlyInAnyOrder("MYR", "USD", "SGD", "EUR");
    }

    @Test
    void trialBalanceSumsToZeroAtEveryMonthEnd() throws IOException {
        List<LocalDate> monthEnds = IntStream.range(0, 24)
                .mapToObj(month -> YearMonth.of(2024, 1).plusMonths(month).atEndOfMonth())
                .toList();
        Path report = directory.resolve("r.csv");
        Run run = Run.with(
                "jdbc.url",
                LocalPostgres.server().newDatabase(),
                "report",
                report.toString(),
                "asOf",
                monthEnds.stream().map(LocalDate::toString).collect(Collectors.joining(",")));

        assertThat(run.status()).isZero();
        assertThat(run.output().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(Screen.WIDTH));
        TreeMap<String, BigDecimal> sums = new TreeMap<>();
        Files.readAllLines(report).stream()
                .skip(1)
                .map(line -> line.split(","))
                .forEach(fields -> sums.merge(fields[0] + " " + fields[2], new BigDecimal(fields[3]), BigDecimal::add));
        assertThat(sums)
                .hasSize(24 * 4)
                .allSatisfy((day, sum) -> assertThat(sum).as(day).isZero());
        assertThat(Files.readAllLines(report)).hasSizeGreaterThan(24 * 40);
    }

    @Test
    void tourIsCalmAndTrue() {
        Run run = Run.with("jdbc.url", LocalPostgres.server().newDatabase());

        assertThat(run.status()).isZero();
        assertThat(run.output().lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(Screen.WIDTH))
                .allSatisfy(line -> assertThat(line).isEqualTo(line.stripTrailing()));
        assertThat(run.output()).doesNotContain("Exception", "\r", "\t", "null");
        assertThat(run.output().lines().filter(line -> line.matches("[1-9][0-9]?  .*")))
                .containsExactly(
                        "1  Import: two years of a trading company in Malaysia",
                        "2  Trial balance on 2025-12-31",
                        "3  Some balances on days in the past",
                        "4  2024-12-31 as it was known before and after the corrections",
                        "5  Stock on 2025-12-31",
                        "6  Two writers, one SKU",
                        "7  A fiscal year is closed, and reopened for a reason",
                        "8  Two tenants, one database",
                        "9  Two read models catch up with the log",
                        "10  A read model is rebuilt while it is read and while the log grows",
                        "11  Time",
                        "12  Your turn");
        assertThat(run.output()).containsPattern("\nSum +0\\.00 +0\\.00 +0\\.00 +0\\.00\n");
        assertThat(run.output()).containsPattern("\n6300 Freight outwards +MYR +[0-9,.]+ +[0-9,.]+ +3,420\\.75\n");
        assertThat(run.lines())
                .contains(
                        "Anna  ships 3    refused: the stream is at version 2, she expected exactly version 1",
                        "Anna  ships 3    recorded as version 3");
        assertThat(run.lines())
                .contains(
                        "Closed     through 2025-12-31: 4 opening balances carried forward",
                        "Refused    LATE-1 on 2025-12-30: the books are closed through 2025-12-31",
                        "Reopened   from 2025-12-01: the freight bill came in late",
                        "Posted     LATE-1, 250.00 MYR of freight on 2025-12-30",
                        "Closed     through 2025-12-31: 2 differences carried forward");
        assertThat(run.output()).containsPattern("\n1110 +MYR +4,750\\.00 +4,750\\.00\n");
        assertThat(run.lines())
                .contains(
                        "Compared row by row: every balance and every stock is the same in both.",
                        "another writer posted 200 entries",
                        "Now         public.account_balance_v1_b serves; the table before is kept, to go back to",
                        "Compared    every balance is the same as folded from the log");
        assertThat(run.output())
                .containsPattern("\n  current-stock +\\[#{20}] 100 % +11,775 of 11,775 events\n")
                .containsPattern("\nMeanwhile +public.account_balance_v1_a served .*, each of sum 0\\.00\n");
        assertThat(run.output()).containsPattern("\nEvent [0-9A-Z]{26} +found +not found\n");
    }

    @Test
    void secondTourInTheSameDatabaseSaysTheSame() {
        String jdbcUrl = LocalPostgres.server().newDatabase();
        Run first = Run.with("jdbc.url", jdbcUrl);
        Run second = Run.with("jdbc.url", jdbcUrl);

        assertThat(second.status()).isZero();
        assertThat(second.lines())
                .contains(
                        "Nothing new: 2,574 entries were recorded before",
                        "Nothing new: 1,646 movements were recorded before",
                        "Nothing new was recorded.",
                        "Compared row by row: every balance and every stock is the same in both.",
                        "Tenant quickstart-rebuild, 30,600 events in its log, 200 balances",
                        "Now         public.account_balance_v1_a serves; the table before is kept, to go back to",
                        "Compared    every balance is the same as folded from the log");
        assertThat(sections(second.output(), 2, 5)).isEqualTo(sections(first.output(), 2, 5));
    }

    @Test
    void sameBooksInAnotherZoneAreOtherContent() {
        String jdbcUrl = LocalPostgres.server().newDatabase();
        Run.with("jdbc.url", jdbcUrl);
        Run elsewhere = Run.with("jdbc.url", jdbcUrl, "zone", "Asia/Tokyo");

        assertThat(elsewhere.status()).isEqualTo(1);
        assertThat(elsewhere.lines())
                .contains(
                        "0 entries posted, 2,574 refused (see the end)",
                        "journal.csv, line 22: entry PAY-2024-0001 (lines 22 and 23) is in the ledger already, with other content: the file was changed, or is imported with another -Dzone; post a change as an entry of its own")
                .endsWith("and 1,586 others", "", "2,586 lines or entries were refused, everything else was imported.");
        assertThat(elsewhere.output()).doesNotContain("as it was known before");
    }

    /** Returns what was printed from the beginning of one section to the end of another. */
    private static String sections(String output, int first, int last) {
        return output.substring(
                output.indexOf("\n%d  ".formatted(first)), output.indexOf("\n%d  ".formatted(last + 1)));
    }
}
