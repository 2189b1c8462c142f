package io.nexus.eventstream.examples.quickstart;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.examples.finance.JournalLine;
import io.nexus.eventstream.examples.finance.Side;
import java.math.BigDecimal;
import java.nio.charset.Charset;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Which lines make an entry, and what is said about those that do not. */
class JournalFileTest {

    private static final String GOOD = "2025-03-31,OK,1110,1.00,,MYR,x\n2025-03-31,OK,4100,,1.00,MYR,x\n";

    @Test
    void linesOfAnEntryMayStandApart() {
        JournalFile file = read("""
                2025-03-31,A,1110,1.00,,MYR,x
                2025-03-31,B,1110,2.00,,MYR,x
                2025-03-31,A,4100,,1.00,MYR,x
                2025-03-31,B,4100,,2.00,MYR,x
                """);

        assertThat(file.refusals()).isEmpty();
        assertThat(file.entries())
                .extracting(entry -> entry.entry().number() + entry.lines())
                .containsExactly("A[2, 4]", "B[3, 5]");
        assertThat(file.entriesOverSeveralDays()).isZero();
    }

    @Test
    void linesOfAnEntryMayHaveDifferentDates() {
        JournalFile file = read("1969-12-31,A,1110,1.00,,MYR,x\n2025-01-01,A,4100,,1.00,MYR,\"x\"\"\ny\"\n");

        assertThat(file.entriesOverSeveralDays()).isEqualTo(1);
        assertThat(file.entries().get(0).entry().lines())
                .containsExactly(
                        JournalLine.debit(LocalDate.of(1969, 12, 31), "1110", new BigDecimal("1.00"), "MYR", "x"),
                        JournalLine.credit(LocalDate.of(2025, 1, 1), "4100", new BigDecimal("1.00"), "MYR", "x\"\ny"));
    }

    @Test
    void amountsAreTakenAsTheyAreWritten() {
        JournalFile file = read("""
                2025-03-31,A,1110,+1.50,,MYR,
                2025-03-31,A,1110,-0.500,0.00,MYR,
                2025-03-31,A,1110,0,1,MYR,
                2025-03-31,A,1110,0.00,,MYR,
                2025-03-31,A,1110,,000.0,MYR,
                2025-03-31,A,1110,0.00,0,MYR,
                """);

        assertThat(file.refusals()).isEmpty();
        assertThat(file.entries().get(0).entry().lines())
                .extracting(line -> line.side() + " " + line.amount())
                .containsExactly("DEBIT 1.50", "DEBIT -0.500", "CREDIT 1", "DEBIT 0.00", "CREDIT 0.0", "DEBIT 0.00");
    }

    @Test
    void numbersAreWrittenInOneWayOnly() {
        for (String amount : List.of(
                "1e3", "1.", ".5", "1 000.00", "\"1,000.00\"", " 1", "1 ", "--1", "0x1", "١", "RM 5", "1.0.0")) {
            String shown = amount.replace("\"", "");
            assertThat(refusals("2025-03-31,A,1110," + amount + ",,MYR,x\n2025-03-31,A,4100,,1,MYR,x\n"))
                    .as(amount)
                    .containsExactly("j.csv, line 2: debit \"" + shown
                            + "\" is not a number such as -1234.50; entry A (lines 2 and 3) is left out");
        }
    }

    @Test
    void aLineHasOneAmount() {
        assertThat(refusals("2025-03-31,A,1110,,,MYR,x\n2025-03-31,A,4100,1,2.50,MYR,x\n"))
                .containsExactly(
                        "j.csv, line 2: neither debit nor credit is filled; entry A (lines 2 and 3) is left out",
                        "j.csv, line 3: debit 1 and credit 2.50 are both filled; entry A (lines 2 and 3) is left out");
    }

    @Test
    void zeroBesideAnAmountMustBeANumberToo() {
        assertThat(refusals("2025-03-31,A,1110,1,-,MYR,x\n2025-03-31,A,4100,,1,MYR,x\n"))
                .containsExactly(
                        "j.csv, line 2: credit \"-\" is not a number such as -1234.50; entry A (lines 2 and 3) is left out");
    }

    @Test
    void datesAreDaysOfTheCalendar() {
        for (String date : List.of(
                "2025-02-29",
                "2025-13-01",
                "31.12.2025",
                "2025-1-1",
                "",
                "20250101",
                "2025-01-01T00:00:00Z",
                "+12025-01-01",
                "0000-01-01")) {
            assertThat(refusals(date + ",A,1110,1,,MYR,x\n2025-03-31,A,4100,,1,MYR,x\n"))
                    .as(date)
                    .containsExactly("j.csv, line 2: date \"" + date
                            + "\" is not a date such as 2014-12-31; entry A (lines 2 and 3) is left out");
        }
        assertThat(refusals("0001-01-01,A,1110,1,,MYR,x\n9999-12-31,A,4100,,1,MYR,x\n"))
                .isEmpty();
    }

    @Test
    void entryAccountAndCurrencyAreNeeded() {
        assertThat(refusals("2025-03-31,,1110,1,,MYR,x\n2025-03-31,A,,1,,MYR,x\n2025-03-31,B,1110,1,,RM,x\n"))
                .containsExactly(
                        "j.csv, line 2: entry is empty",
                        "j.csv, line 3: account is empty; entry A (line 3) is left out",
                        "j.csv, line 4: currency \"RM\" is not three upper-case letters; entry B (line 4) is left out");
    }

    @Test
    void halfAndUnbalancedEntriesAreLeftOut() {
        assertThat(refusals("2025-03-31,A,1110,1,,MYR,x\n2025-03-31,B,1110,10,,MYR,x\n2025-03-31,B,1110,,9.50,MYR,x\n"))
                .containsExactly(
                        "j.csv, line 2: entry A (line 2) has one line only, an entry needs two or more",
                        "j.csv, line 3: entry B (lines 3 and 4) does not balance: MYR debits 10, MYR credits 9.50");
    }

    @Test
    void badRecordTakesItsEntryWithItAndNoOther() {
        JournalFile file = read("""
                2025-03-31,A,1110,1,,MYR
                2025-03-31,A,4100,,1,MYR,x
                2025-03-31,B,1110,1,,MYR,caf\u00e9
                2025-03-31,B,4100,,1,MYR,x
                2025-03-31,C,1110,1,,MYR,"x" y
                2025-03-31,C,4100,,1,MYR,x
                """ + GOOD, ISO_8859_1);

        assertThat(file.refusals())
                .extracting(Refusal::toString)
                .containsExactly(
                        "j.csv, line 2: 6 columns where the header has 7; entry A (lines 2 and 3) is left out",
                        "j.csv, line 4: not UTF-8 text; entry B (lines 4 and 5) is left out",
                        "j.csv, line 6: text follows a closing quote; entry C (lines 6 and 7) is left out");
        assertThat(file.entries()).extracting(entry -> entry.entry().number()).containsExactly("OK");
    }

    @Test
    void linesOfAnEntryAreNamedBriefly() {
        assertThat(JournalFile.named(List.of(7L))).isEqualTo("line 7");
        assertThat(JournalFile.named(List.of(7L, 9L))).isEqualTo("lines 7 and 9");
        assertThat(JournalFile.named(List.of(7L, 8L, 9L, 10L))).isEqualTo("lines 7, 8, 9 and 10");
        assertThat(JournalFile.named(LongStream.range(2, 102).boxed().toList()))
                .isEqualTo("lines 2, 3, 4 and 97 others");
    }

    @Test
    void whatATerminalWouldActOnIsShown() {
        assertThat(refusals("2025-03-31,A\u001b[31m,1110,1,,MYR,x\n"))
                .containsExactly(
                        "j.csv, line 2: entry A\\u001b[31m (line 2) has one line only, an entry needs two or more");
        assertThat(refusals("2025-03-31," + "A".repeat(500) + ",1110,1,,MYR,x\n")
                        .get(0))
                .isEqualTo("j.csv, line 2: entry " + "A".repeat(40)
                        + "... (line 2) has one line only, an entry needs two or more");
    }

    @Test
    void sidesAreOpposite() {
        assertThat(Side.DEBIT.opposite()).isEqualTo(Side.CREDIT);
        assertThat(Side.CREDIT.opposite()).isEqualTo(Side.DEBIT);
    }

    private static List<String> refusals(String lines) {
        return read(lines).refusals().stream().map(Refusal::toString).toList();
    }

    private static JournalFile read(String lines) {
        return read(lines, UTF_8);
    }

    private static JournalFile read(String lines, Charset charset) {
        String text = "date,entry,account,debit,credit,currency,description\n" + lines;
        return JournalFile.read(new Source("j.csv", text.getBytes(charset)));
    }
}
