package io.nexus.eventstream.examples.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.examples.Backend;
import io.nexus.eventstream.localpostgres.LocalPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of files that a user brings, from the command line to the report. */
class UserFilesTest {

    private static final String JOURNAL = "date,entry,account,debit,credit,currency,description\n";
    private static final String STOCK = "date,sku,movement,quantity,reference\n";

    @TempDir
    private Path directory;

    private String jdbcUrl = "";

    @BeforeEach
    void newDatabase() {
        jdbcUrl = LocalPostgres.server().newDatabase();
    }

    @Test
    void journalInAnotherStyleIsImported() throws IOException {
        Path journal = file("my journal.csv", """
                \uFEFFEntry, DATE ,Description,Currency,Account,Credit,Debit
                A-1,1969-12-31,"Début, ""old\""
                second line",MYR,Kas/1,,100.00
                A-2,2014-12-31,,USD,2000,5.5,0.00
                A-1,1969-12-31,,MYR,3000,100.00,
                A-2,2015-01-31,,USD,3000,,5.50
                A-3,2015-02-01,red,MYR,3000,-7,0
                A-3,2015-02-01,red,MYR,"Kas/1",,-7""".replace("\n", "\r\n"));
        Path report = directory.resolve("a report.csv");

        Run run = runWith("journal", journal, "report", report, "asOf", "2015-01-31,1969-12-31,1969-12-30");

        assertThat(run.status()).isZero();
        assertThat(run.lines())
                .contains("3 entries posted", "1 entry has lines of different dates; each line counts at its own");
        assertThat(Files.readString(report, UTF_8)).isEqualTo("""
                        asOf,account,currency,balance
                        1969-12-31,3000,MYR,-100.00
                        1969-12-31,Kas/1,MYR,100.00
                        2015-01-31,2000,USD,-5.5
                        2015-01-31,3000,MYR,-100.00
                        2015-01-31,3000,USD,5.50
                        2015-01-31,Kas/1,MYR,100.00
                        """);
    }

    @Test
    void reportQuotesWhatNeedsIt() throws IOException {
        Path journal = file("j.csv", JOURNAL + """
                2025-03-31,A,"Cash, ""petty""\",1,,MYR,x
                2025-03-31,A,Zürich,,1,MYR,x
                """);
        Path report = directory.resolve("r.csv");
        runWith("journal", journal, "report", report);

        assertThat(Files.readString(report, UTF_8)).isEqualTo("""
                        asOf,account,currency,balance
                        2025-03-31,"Cash, ""petty""\",MYR,1
                        2025-03-31,Zürich,MYR,-1
                        """);
    }

    @Test
    void withoutDaysTheReportIsOfTheLatestDayInTheLog() throws IOException {
        Path journal = file("j.csv", JOURNAL + "2025-03-31,A,1,5,,MYR,x\n2024-01-01,A,2,,5,MYR,x\n");
        Path stock = file("s.csv", STOCK + "2023-05-05,TEA,added,7.50,x\n2022-05-05,TEA,reserved,2,x\n");
        Path report = directory.resolve("r.csv");
        Path stockReport = directory.resolve("sr.csv");
        Run run = runWith(
                "journal", journal, "stock", stock, "report", report, "stockReport", stockReport, "zone", "+08:00");

        assertThat(run.status()).isZero();
        assertThat(Files.readAllLines(report))
                .containsExactly("asOf,account,currency,balance", "2025-03-31,1,MYR,5", "2025-03-31,2,MYR,-5");
        assertThat(Files.readAllLines(stockReport))
                .containsExactly("asOf,sku,onHand,reserved,available", "2023-05-05,TEA,7.50,2,5.50");
    }

    @Test
    void dayOfAZoneIncludesItsWholeDay() throws IOException {
        Path journal = file(
                "j.csv",
                JOURNAL
                        + "2014-12-31,A,1,5,,MYR,x\n2014-12-31,A,2,,5,MYR,x\n2015-01-01,B,1,6,,MYR,x\n2015-01-01,B,2,,6,MYR,x\n");
        for (String zone : List.of("UTC", "Asia/Kuala_Lumpur", "America/Los_Angeles", "Pacific/Kiritimati")) {
            newDatabase();
            Path report = directory.resolve("r.csv");
            runWith("journal", journal, "report", report, "zone", zone, "asOf", "2014-12-30,2014-12-31,2015-01-01");

            assertThat(Files.readAllLines(report))
                    .as(zone)
                    .containsExactly(
                            "asOf,account,currency,balance",
                            "2014-12-31,1,MYR,5",
                            "2014-12-31,2,MYR,-5",
                            "2015-01-01,1,MYR,11",
                            "2015-01-01,2,MYR,-11");
        }
    }

    @Test
    void sameFilesAgainAppendNothing() throws IOException {
        Path journal = file("j.csv", JOURNAL + """
                2025-03-31,A,1,5,,MYR,x
                2025-03-31,A,2,,5,MYR,x
                2025-03-31,B,2,,5,MYR,half
                """);
        Path stock = file("s.csv", STOCK + """
                2025-03-31,TEA,shipped,5,too early
                2025-03-31,TEA,added,10,x
                2025-03-31,TEA,reserved,4,x
                2025-03-31,TEA,shipped,6,x
                2025-03-31,TEA,added,10,x
                """);
        Run first = runWith("journal", journal, "stock", stock);
        long events = log().head().orElseThrow().position().value();
        Run second = runWith("journal", journal, "stock", stock);

        assertThat(events).isEqualTo(7);
        assertThat(log().head().orElseThrow().position().value()).isEqualTo(events);
        assertThat(List.of(first.status(), second.status())).containsOnly(1);
        assertThat(first.lines())
                .contains("1 entry posted, 1 refused (see the end)", "4 movements recorded, 1 refused (see the end)");
        assertThat(second.lines())
                .contains(
                        "Nothing new: 1 entry was recorded before, 1 refused (see the end)",
                        "Nothing new: 4 movements were recorded before, 1 refused (see the end)",
                        "Nothing new was recorded.");
        assertThat(List.of(first, second))
                .allSatisfy(run -> assertThat(run.lines())
                        .contains(
                                "j.csv, line 4: entry B (line 4) has one line only, an entry needs two or more",
                                "s.csv, line 2: sku TEA: cannot ship 5, 0 on hand"));
    }

    @Test
    void fileThatHasGrownAddsWhatIsNew() throws IOException {
        String oldest = "2025-03-31,A,1,5,,MYR,x\n2025-03-31,A,2,,5,MYR,x\n";
        String newest = "2025-03-31,B,1,6,,MYR,x\n2025-03-31,B,2,,6,MYR,x\n";
        String tea = "2025-03-31,TEA,added,10,x\n";
        runWith("journal", file("j.csv", JOURNAL + oldest), "stock", file("s.csv", STOCK + tea));
        Run second = runWith(
                "journal",
                file("j.csv", JOURNAL + newest + oldest),
                "stock",
                file("s.csv", STOCK + "2025-03-31,TEA,added,1,x\n" + tea + tea));

        assertThat(second.status()).isZero();
        assertThat(second.lines())
                .contains(
                        "1 entry posted, 1 entry was recorded before",
                        "2 movements recorded, 1 movement was recorded before");
    }

    @Test
    void otherContentUnderAKnownNumberIsReportedAndNotWritten() throws IOException {
        runWith("journal", file("j.csv", JOURNAL + "2025-03-31,A,1,5,,MYR,x\n2025-03-31,A,2,,5,MYR,x\n"));
        Path changed = file("j2.csv", JOURNAL + """
                2025-03-31,A,1,6,,MYR,x
                2025-03-31,A,2,,6,MYR,x
                2025-03-31,B,1,7,,MYR,x
                2025-03-31,B,2,,7,MYR,x
                """);
        Path report = directory.resolve("r.csv");
        Run run = runWith("journal", changed, "report", report);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.lines())
                .contains(
                        "1 entry posted, 1 refused (see the end)",
                        "j2.csv, line 2: entry A (lines 2 and 3) is in the ledger already, with other content: the file was changed, or is imported with another -Dzone; post a change as an entry of its own");
        assertThat(Files.readAllLines(report)).endsWith("2025-03-31,1,MYR,12", "2025-03-31,2,MYR,-12");
    }

    @Test
    void refusalsAreListedUpToABound() throws IOException {
        StringBuilder lines = new StringBuilder(JOURNAL);
        for (int i = 1; i <= 1_003; i++) {
            lines.append("2025-03-31,E").append(i).append(",1,5,,MYR,x\n");
        }
        Run run = runWith("journal", file("j.csv", lines.toString()));

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.lines())
                .filteredOn(line -> line.startsWith("j.csv, line "))
                .hasSize(1_000);
        assertThat(run.lines())
                .endsWith("and 3 others", "", "1,003 lines or entries were refused, everything else was imported.");
    }

    @Test
    void emptyFilesAreNoError() throws IOException {
        for (String empty : List.of("", JOURNAL)) {
            Path report = directory.resolve("r.csv");
            Path stockReport = directory.resolve("sr.csv");
            Run run = runWith(
                    "journal",
                    file("j.csv", empty),
                    "stock",
                    file("s.csv", empty.isEmpty() ? "" : STOCK),
                    "report",
                    report,
                    "stockReport",
                    stockReport,
                    "asOf",
                    "2025-03-31");

            assertThat(run.status()).isZero();
            assertThat(run.lines()).contains("There is nothing in it.");
            assertThat(Files.readString(report)).isEqualTo("asOf,account,currency,balance\n");
            assertThat(Files.readString(stockReport)).isEqualTo("asOf,sku,onHand,reserved,available\n");
        }
    }

    @Test
    void whatCannotBeReadIsSaidBeforeAnythingIsImported() throws IOException {
        Path good = file("s.csv", STOCK + "2025-03-31,TEA,added,1,x\n");
        Path missing = directory.resolve("missing.csv");

        Run noFile = runWith("journal", missing, "stock", good);
        Run noCsv = runWith("journal", file("j.csv", "Datum;Konto\n1;2\n"), "stock", good);
        Run noDirectory = runWith("journal", directory);

        assertThat(List.of(noFile.status(), noCsv.status(), noDirectory.status()))
                .containsOnly(2);
        assertThat(noFile.output().strip())
                .isEqualTo("-Djournal=%s: there is no such file (looked for %s)".formatted(missing, missing));
        assertThat(noCsv.output().strip())
                .isEqualTo("j.csv: the header must name the columns " + JOURNAL.strip()
                        + ", separated by commas; it lacks date, entry, account, debit, credit, currency, description");
        assertThat(noDirectory.output().strip()).isEqualTo("-Djournal=%s: it is a directory".formatted(directory));
        assertThat(log().head()).isEmpty();
    }

    @Test
    void databaseThatCannotBeReachedIsNamedWithoutItsPassword() throws IOException {
        Path stock = file("s.csv", STOCK + "2025-03-31,TEA,added,1,x\n");
        Run run = Run.with(
                "stock", stock.toString(), "jdbc.url", "jdbc:postgresql://localhost:1/books?user=u&password=secret");
        Run noDriver = Run.with("stock", stock.toString(), "jdbc.url", "jdbc:oracle:thin:@books");

        assertThat(List.of(run.status(), noDriver.status())).containsOnly(2);
        assertThat(run.output())
                .contains("-Djdbc.url: jdbc:postgresql://localhost:1/books cannot be used: ")
                .doesNotContain("secret");
        assertThat(noDriver.output()).contains("-Djdbc.url: jdbc:oracle:thin:@books cannot be used: ");
    }

    @Test
    void onlyTheFileThatIsGivenIsImported() throws IOException {
        Run run = runWith("stock", file("s.csv", STOCK + "2025-03-31,TEA,added,1,x\n"));

        assertThat(run.status()).isZero();
        assertThat(log().head().orElseThrow().position().value()).isEqualTo(1);
        assertThat(run.output()).contains("TEA").doesNotContain("Balances", "Two writers", "tenants");
    }

    @Test
    void datesThatTheLogCannotHoldAreRefused() throws IOException {
        Run run = runWith(
                "journal",
                file("j.csv", JOURNAL + "0001-01-01,A,1,5,,MYR,x\n0001-01-01,A,2,,5,MYR,x\n"),
                "stock",
                file("s.csv", STOCK + "0001-01-01,TEA,added,1,x\n"),
                "zone",
                "Asia/Kuala_Lumpur");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.output())
                .contains("j.csv, line 2: entry A (lines 2 and 3) cannot be posted: occurredAt is 0000-12-31T")
                .contains("s.csv, line 2: sku TEA: occurredAt is 0000-12-31T");
    }

    private Run runWith(Object... namesAndValues) {
        String[] options = new String[namesAndValues.length + 2];
        for (int i = 0; i < namesAndValues.length; i++) {
            options[i] = namesAndValues[i].toString();
        }
        options[namesAndValues.length] = "jdbc.url";
        options[namesAndValues.length + 1] = jdbcUrl;
        return Run.with(options);
    }

    private EventStreamManager log() {
        return Backend.quickstartAt(jdbcUrl);
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content, UTF_8);
    }
}
