package io.nexus.eventstream.examples.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.localpostgres.LocalPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random and large files, compared with what a pencil says. */
class LargeFilesTest {

    private static final LocalDate FIRST_DAY = LocalDate.of(1965, 8, 9);

    @TempDir
    private Path directory;

    @Test
    void randomJournalComesOutAsOnPaper() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        BooksOfPaper books = new BooksOfPaper();
        List<String> lines = journal(random, books, 4_000);
        Collections.shuffle(lines, random);
        LocalDate[] days = {
            FIRST_DAY.minusDays(1), FIRST_DAY.plusDays(400), FIRST_DAY.plusDays(12_345), LocalDate.of(2030, 1, 1)
        };

        Path report = runJournal(lines, days);

        assertThat(Files.readAllLines(report)).as("seed %d", seed).isEqualTo(books.balances(days));
    }

    @Test
    void randomStockComesOutAsOnPaper() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        BooksOfPaper books = new BooksOfPaper();
        List<String> lines = new ArrayList<>();
        int[] onHand = new int[40];
        int[] reserved = new int[40];
        for (int i = 0; i < 3_000; i++) {
            int sku = random.nextInt(40);
            String name = "SKU " + sku;
            String date = FIRST_DAY.plusDays(random.nextInt(1_000)).toString();
            int available = onHand[sku] - reserved[sku];
            int q = 1 + random.nextInt(20);
            switch (random.nextInt(5)) {
                case 0 -> {
                    if (q <= available) {
                        reserved[sku] += q;
                        books.move(date, name, "0", q + "");
                    }
                    lines.add(String.join(",", date, name, "reserved", q + "", "r"));
                }
                case 1 -> {
                    if (q <= reserved[sku]) {
                        reserved[sku] -= q;
                        books.move(date, name, "0", -q + "");
                    }
                    lines.add(String.join(",", date, name, "released", q + "", "r"));
                }
                case 2 -> {
                    if (q <= onHand[sku]) {
                        int fromReserved = Math.min(q, reserved[sku]);
                        onHand[sku] -= q;
                        reserved[sku] -= fromReserved;
                        books.move(date, name, -q + "", -fromReserved + "");
                    }
                    lines.add(String.join(",", date, name, "shipped", q + "", "r"));
                }
                case 3 -> {
                    if (q <= available) {
                        onHand[sku] -= q;
                        books.move(date, name, -q + "", "0");
                    }
                    lines.add(String.join(",", date, name, "adjusted", -q + "", "r"));
                }
                default -> {
                    onHand[sku] += q;
                    books.move(date, name, q + "", "0");
                    lines.add(String.join(",", date, name, "added", q + "", "r"));
                }
            }
        }
        LocalDate[] days = {FIRST_DAY.plusDays(10), FIRST_DAY.plusDays(500), FIRST_DAY.plusDays(1_000)};
        Path stock = write("s.csv", "date,sku,movement,quantity,reference", lines);
        Path report = directory.resolve("sr.csv");

        Run run = Run.with(
                "stock",
                stock.toString(),
                "stockReport",
                report.toString(),
                "asOf",
                asOf(days),
                "jdbc.url",
                LocalPostgres.server().newDatabase());

        assertThat(run.status()).as("seed %d", seed).isEqualTo(1);
        assertThat(Files.readAllLines(report)).as("seed %d", seed).isEqualTo(books.stock(days));
    }

    @Test
    void journalOfAHundredThousandLinesIsImported() throws IOException {
        BooksOfPaper books = new BooksOfPaper();
        List<String> lines = journal(new Random(7), books, 100_000);

        Path report = runJournal(lines, LocalDate.of(2030, 1, 1));

        assertThat(Files.readAllLines(report)).isEqualTo(books.balances(LocalDate.of(2030, 1, 1)));
    }

    @Test
    void singleEntryMayHaveTwentyThousandLines() throws IOException {
        BooksOfPaper books = new BooksOfPaper();
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            String debit = i % 2 == 0 ? "1.00" : "";
            String credit = i % 2 == 0 ? "" : "1.00";
            books.post("2025-03-31", "A" + i % 3, debit, credit, "MYR");
            lines.add("2025-03-31,ALL,A%d,%s,%s,MYR,x".formatted(i % 3, debit, credit));
        }

        Path report = runJournal(lines, LocalDate.of(2025, 3, 31));

        assertThat(Files.readAllLines(report)).isEqualTo(books.balances(LocalDate.of(2025, 3, 31)));
    }

    /** Returns lines of entries of two to four lines that balance, as written on paper too. */
    private static List<String> journal(Random random, BooksOfPaper books, int size) {
        String[] currencies = {"MYR", "USD", "SGD"};
        List<String> lines = new ArrayList<>();
        for (int entry = 0; lines.size() < size; entry++) {
            String date = FIRST_DAY.plusDays(random.nextInt(20_000)).toString();
            String currency = currencies[random.nextInt(3)];
            int rest = 0;
            int parts = 1 + random.nextInt(3);
            for (int part = 0; part < parts; part++) {
                int cents = random.nextInt(200_000) - 20_000;
                rest += cents;
                line(lines, books, date, entry, "D" + random.nextInt(60), cents, true, currency);
            }
            line(lines, books, date, entry, "C" + random.nextInt(60), rest, false, currency);
        }
        return lines;
    }

    private static void line(
            List<String> lines,
            BooksOfPaper books,
            String date,
            int entry,
            String account,
            int cents,
            boolean debit,
            String currency) {
        String amount = BigDecimal.valueOf(cents, 2).toPlainString();
        books.post(date, account, debit ? amount : "", debit ? "" : amount, currency);
        lines.add(
                String.join(",", date, "E" + entry, account, debit ? amount : "", debit ? "" : amount, currency, "x"));
    }

    private Path runJournal(List<String> lines, LocalDate... days) {
        Path journal = write("j.csv", "date,entry,account,debit,credit,currency,description", lines);
        Path report = directory.resolve("r.csv");
        Run run = Run.with(
                "journal",
                journal.toString(),
                "report",
                report.toString(),
                "asOf",
                asOf(days),
                "jdbc.url",
                LocalPostgres.server().newDatabase());
        assertThat(run.status()).as(run.output()).isZero();
        return report;
    }

    private Path write(String name, String header, List<String> lines) {
        try {
            return Files.writeString(directory.resolve(name), header + "\n" + String.join("\n", lines) + "\n", UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String asOf(LocalDate... days) {
        return String.join(",", Arrays.stream(days).map(LocalDate::toString).toList());
    }
}
