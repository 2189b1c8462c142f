package io.nexus.eventstream.examples.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How things look. */
class ScreenTest {

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final Screen screen = new Screen(new PrintStream(printed, true, UTF_8));

    @Test
    void numbersKeepTheirScale() {
        assertThat(Screen.number(new BigDecimal("-1234567.80"))).isEqualTo("-1,234,567.80");
        assertThat(Screen.number(new BigDecimal("0.125"))).isEqualTo("0.125");
        assertThat(Screen.number(new BigDecimal("1E+3"))).isEqualTo("1,000");
        assertThat(Screen.number(12_345)).isEqualTo("12,345");
        assertThat(Screen.time(Duration.ofNanos(1_440_000))).isEqualTo("1.4 ms");
        assertThat(Screen.time(Duration.ofMillis(61_250))).isEqualTo("61.3 s");
    }

    @Test
    void textsStandLeftAndNumbersRight() {
        Table table = new Table(1, "Account", "MYR");
        table.row("1110 Bank", "1,234.50");
        table.rule();
        table.row("Sum", "");
        table.print(screen);

        assertThat(printed.toString(UTF_8).lines())
                .containsExactly(
                        "Account         MYR",
                        "-------------------",
                        "1110 Bank  1,234.50",
                        "-------------------",
                        "Sum");
    }

    @Test
    void longTextsGiveWayToTheWidthOfTheScreen() {
        Table table = new Table(2, "Account", "Currency", "Balance");
        table.row("x".repeat(200), "MYR", "1,234,567.00");
        table.print(screen);

        assertThat(printed.toString(UTF_8).lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(100));
        assertThat(printed.toString(UTF_8)).contains("x...  MYR       1,234,567.00");
    }

    @Test
    void progressIsALineATenth() {
        Progress progress = new Progress(screen, 40, "lines");
        for (int i = 0; i < 40; i++) {
            progress.advance(1);
        }

        assertThat(printed.toString(UTF_8).lines())
                .hasSize(10)
                .first()
                .asString()
                .startsWith("   10 %           4 lines");
    }
}
