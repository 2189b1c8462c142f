package io.nexus.eventstream.examples.quickstart;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;

/** Which files are read how, and what becomes of records that are none. Rows are shown as {@code line:a|b}. */
class CsvFileTest {

    private static final List<String> COLUMNS = List.of("a", "b");

    @Test
    void recordsKnowTheLineOnWhichTheyBegin() {
        assertThat(rows("a,b\n1,2\n\n\"x\ny\",3\n4,5")).containsExactly("2:1|2", "4:x\ny|3", "6:4|5");
    }

    @Test
    void linesMayEndInEitherWay() {
        assertThat(rows("a,b\r\n1,\"x\r\ny\"\r\n3,4\r\n")).containsExactly("2:1|x\r\ny", "4:3|4");
        assertThat(rows("a,b\r1,2\r3,4\r")).containsExactly("2:1|2", "3:3|4");
    }

    @Test
    void byteOrderMarkIsNoPartOfTheHeader() {
        assertThat(rows("\uFEFFa,b\n1,2\n")).containsExactly("2:1|2");
        assertThat(rows("\uFEFF\"a\",b\n1,2\n")).containsExactly("2:1|2");
    }

    @Test
    void quotedFieldsMayHoldWhatSeparates() {
        assertThat(rows("a,b\n\"1,5\",\"say \"\"yes\"\"\"\n5\" pipe,\"\"\n"))
                .containsExactly("2:1,5|say \"yes\"", "3:5\" pipe|");
    }

    @Test
    void columnsMayStandInAnyOrderAndCaseAmongOthers() {
        assertThat(rows(" B ,other,A\n2,x,1\n")).containsExactly("2:1|2");
    }

    @Test
    void emptyFileHasNoRows() {
        for (String empty : List.of("", "\uFEFF", "\n\n", "a,b", "a,b\r\n", "a,b\n\n\n")) {
            assertThat(rows(empty)).as("file \"%s\"", empty).isEmpty();
        }
    }

    @Test
    void wrongHeaderSaysWhatIsWrong() {
        String expected = "f.csv: the header must name the columns a,b, separated by commas; ";
        assertThatHeader("a\n1\n").isEqualTo(expected + "it lacks b");
        assertThatHeader("x;y\n1;2\n").isEqualTo(expected + "it lacks a, b");
        assertThatHeader("1,2\n").isEqualTo(expected + "it lacks a, b");
        assertThatHeader("a,b,A\n1,2,3\n").isEqualTo(expected + "it names a twice");
        assertThatHeader("a,\"b\" c\n1,2\n").isEqualTo(expected + "line 1 text follows a closing quote");
        assertThatHeader("a,\"b\n1,2\n").isEqualTo(expected + "line 1 a quote is never closed");
    }

    @Test
    void headerThatIsNotUtf8IsWrong() {
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> rows("a,b\n1,2\n", StandardCharsets.UTF_16LE))
                .withMessageStartingWith("f.csv: the header must name the columns a,b, separated by commas; ");
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> rows("a,b,größe\n1,2,3\n", ISO_8859_1))
                .withMessageEndingWith("line 1 not UTF-8 text");
    }

    @Test
    void oneBadByteSpoilsItsRecordAndNoOther() {
        assertThat(rows("a,b\nö,1\n2,3\n\"x\nÿ\ny\",4\n5,6\n", ISO_8859_1))
                .containsExactly("2!not UTF-8 text", "3:2|3", "4!not UTF-8 text", "7:5|6");
        assertThat(rows("a,b\n1,2\n3,ß", ISO_8859_1)).containsExactly("2:1|2", "3!not UTF-8 text");
    }

    @Test
    void replacementCharacterIsACharacterLikeAnyOther() {
        assertThat(rows("a,b\n\uFFFD,🙂\n")).containsExactly("2:\uFFFD|🙂");
    }

    @Test
    void recordOfAnotherWidthIsOneFault() {
        assertThat(rows("a,b\n1\n1,2,3\n4,5\n"))
                .containsExactly("2!1 columns where the header has 2", "3!3 columns where the header has 2", "4:4|5");
    }

    @Test
    void readingGoesOnAfterTextBehindAClosingQuote() {
        assertThat(rows("a,b\n1,\"x\" y\n2,3\n\"4,opened by mistake\n5,\"6\"\n"))
                .containsExactly("2!text follows a closing quote", "3:2|3", "4!text follows a closing quote", "5:5|6");
    }

    @Test
    void readingGoesOnAfterAQuoteThatIsNeverClosed() {
        assertThat(rows("a,b\n1,\"x\n2,3\n4,5\n")).containsExactly("2!a quote is never closed", "3:2|3", "4:4|5");
        assertThat(rows("a,b\n1,2\n3,\"")).containsExactly("2:1|2", "3!a quote is never closed");
    }

    @Test
    void fileFullOfFaultsIsReadToItsEnd() {
        assertThat(rows("a,b\n" + "1,\"x\" y\n".repeat(20_000) + "2,3\n"))
                .hasSize(20_001)
                .endsWith("20001!text follows a closing quote", "20002:2|3");
    }

    @Test
    void nulIsAFault() {
        assertThat(rows("a,b\n1,\0\n2,3\n")).containsExactly("2!holds a NUL character", "3:2|3");
        assertThat(rows("a,b\n1,\0end\n\0end\n2,3\n"))
                .containsExactly("2!holds a NUL character", "3!holds a NUL character", "4:2|3");
    }

    @Test
    void faultyRecordStillShowsTheFieldsThatWereMadeOut() {
        List<String> first = new ArrayList<>();
        CsvFile.read(
                new Source("f.csv", "a,b\n1,2,3\n4,\"5\" 6\n7\n".getBytes(UTF_8)),
                COLUMNS,
                row -> first.add(row.get("a")));

        assertThat(first).containsExactly("1", "4", "7");
    }

    @Test
    void linesAreCounted() {
        assertThat(CsvFile.read(new Source("f.csv", "a,b\n1,\"x\ny\"\n2,3".getBytes(UTF_8)), COLUMNS, row -> {}))
                .isEqualTo(4);
    }

    private static AbstractStringAssert<?> assertThatHeader(String text) {
        try {
            rows(text);
        } catch (UsageException e) {
            return assertThat(e.getMessage());
        }
        throw new AssertionError("the header was accepted: " + text);
    }

    private static List<String> rows(String text) {
        return rows(text, UTF_8);
    }

    private static List<String> rows(String text, Charset charset) {
        List<String> rows = new ArrayList<>();
        CsvFile.read(
                new Source("f.csv", text.getBytes(charset)),
                COLUMNS,
                row -> rows.add(row.line()
                        + row.fault()
                                .map(fault -> "!" + fault)
                                .orElseGet(() -> ":" + row.get("a") + "|" + row.get("b"))));
        return rows;
    }
}
