package io.nexus.eventstream.examples.quickstart;

import java.util.Comparator;

/**
 * What was not imported and why.
 *
 * @param file the name of the file
 * @param line the line, the first being 1
 * @param reason for people to read
 */
record Refusal(String file, long line, String reason) {

    static final Comparator<Refusal> IN_ORDER =
            Comparator.comparing(Refusal::file).thenComparingLong(Refusal::line);

    private static final int LONGEST_REASON = 300;

    /** Returns the sentence to print, whatever the file holds: cut, and with what a terminal would act on made visible. */
    @Override
    public String toString() {
        String shown = Screen.harmless(reason);
        return "%s, line %d: %s"
                .formatted(
                        Screen.harmless(file),
                        line,
                        shown.length() <= LONGEST_REASON ? shown : shown.substring(0, LONGEST_REASON) + "...");
    }
}
