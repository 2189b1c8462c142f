package io.nexus.eventstream.examples.quickstart;

import java.io.PrintStream;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;

/** Prints for people, at most {@value #WIDTH} characters wide. */
final class Screen {

    static final int WIDTH = 100;

    private static final int BRIEF = 40;

    private final PrintStream out;
    private int sections;

    Screen(PrintStream out) {
        this.out = out;
    }

    /** Prints the name of the program. */
    void title(String text) {
        out.println();
        out.println(text);
        out.println("=".repeat(WIDTH));
    }

    /** Begins the next numbered section. */
    void section(String text) {
        sections++;
        out.println();
        out.println();
        out.println(sections + "  " + text);
        out.println("-".repeat(WIDTH));
    }

    /** Prints a line. */
    void line(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }

    /** Prints an empty line. */
    void gap() {
        out.println();
    }

    /** Returns a text in which what a terminal would act on is visible and harmless. */
    static String harmless(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c == '\n') {
                shown.append("\\n");
            } else if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                shown.append(String.format(Locale.ROOT, "\\u%04x", c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return shown.toString();
    }

    /** Returns the first characters of a text that may be long. */
    static String brief(String text) {
        return text.length() <= BRIEF ? text : text.substring(0, BRIEF) + "...";
    }

    /** Returns a number with its scale and with commas between thousands. */
    static String number(BigDecimal value) {
        return String.format(Locale.ROOT, "%,." + Math.max(value.scale(), 0) + "f", value);
    }

    /** Returns a count with commas between thousands. */
    static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** Returns {@code 1 line} or {@code 1,234 lines}. */
    static String count(long number, String one, String many) {
        return number == 1 ? "1 " + one : number(number) + " " + many;
    }

    /** Returns {@code 12.3 ms} or {@code 4.1 s}. */
    static String time(Duration duration) {
        double millis = duration.toNanos() / 1e6;
        return millis < 1_000
                ? String.format(Locale.ROOT, "%.1f ms", millis)
                : String.format(Locale.ROOT, "%.1f s", millis / 1_000);
    }
}
