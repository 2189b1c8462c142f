package io.nexus.eventstream.examples.quickstart;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A table as wide as its content, up to the width of the screen. Texts stand left, numbers right. */
final class Table {

    private static final String GAP = "  ";

    private final int texts;
    private final List<String[]> rows = new ArrayList<>();
    private final List<Integer> rules = new ArrayList<>();

    /**
     * Creates a table.
     *
     * @param texts how many of the columns, from the left, are texts
     * @param headings one a column
     */
    Table(int texts, String... headings) {
        this.texts = texts;
        row(headings);
        rule();
    }

    /** Adds a row. */
    void row(String... cells) {
        rows.add(Arrays.stream(cells).map(Screen::harmless).toArray(String[]::new));
    }

    /** Adds a line across the table. */
    void rule() {
        rules.add(rows.size());
    }

    /** Prints the table. */
    void print(Screen screen) {
        int[] widths = widths();
        int whole = Arrays.stream(widths).sum() + GAP.length() * (widths.length - 1);
        for (int i = 0; i < rows.size(); i++) {
            if (rules.contains(i)) {
                screen.line("%s", "-".repeat(whole));
            }
            List<String> cells = new ArrayList<>();
            for (int column = 0; column < widths.length; column++) {
                String cell = fitted(rows.get(i)[column], widths[column]);
                String padding = " ".repeat(widths[column] - cell.length());
                cells.add(column < texts ? cell + padding : padding + cell);
            }
            screen.line("%s", String.join(GAP, cells).stripTrailing());
        }
    }

    /** Returns the widths of the columns; texts give way, the longest first, until all of it fits. */
    private int[] widths() {
        int[] widths = new int[rows.get(0).length];
        for (String[] row : rows) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row[column].length());
            }
        }
        int tooWide = Arrays.stream(widths).sum() + GAP.length() * (widths.length - 1) - Screen.WIDTH;
        for (; tooWide > 0; tooWide--) {
            int longest = 0;
            for (int column = 1; column < texts; column++) {
                longest = widths[column] > widths[longest] ? column : longest;
            }
            if (widths[longest] <= 8) {
                break;
            }
            widths[longest]--;
        }
        return widths;
    }

    private static String fitted(String cell, int width) {
        return cell.length() <= width ? cell : cell.substring(0, width - 3) + "...";
    }
}
