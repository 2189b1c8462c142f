package io.nexus.eventstream.faults;

import java.time.Duration;
import java.util.Locale;
import java.util.StringJoiner;

/** The figures of one scenario. */
final class Figures {

    final String scenario;
    String result = "failed";
    private long appends;
    private long events;
    private long faults;
    private long inDoubt;
    private long checked;
    private String notes = "";
    private Duration took = Duration.ZERO;

    Figures(String scenario) {
        this.scenario = scenario;
    }

    /** Adds what a load has done. */
    void load(Load load) {
        appends += load.acknowledged.get();
        events += load.events.get();
        inDoubt += load.inDoubt.get() + load.foundRecorded.get();
    }

    void faults(long number) {
        faults += number;
    }

    void checked(long facts) {
        checked += facts;
    }

    void note(String format, Object... arguments) {
        String note = format.formatted(arguments);
        notes = notes.isEmpty() ? note : notes + "; " + note;
    }

    void ended(String how, Duration duration) {
        result = how;
        took = duration;
    }

    long appends() {
        return appends;
    }

    long faults() {
        return faults;
    }

    long checked() {
        return checked;
    }

    static String header() {
        return "| scenario | appends | events | a second | faults | resolved doubts | facts checked | seconds | |\n"
                + "|---|---:|---:|---:|---:|---:|---:|---:|---|";
    }

    String markdown() {
        StringJoiner row = new StringJoiner(" | ", "| ", " |");
        row.add(scenario);
        for (long number : new long[] {
            appends, events, Math.round(events * 1000.0 / Math.max(1, took.toMillis())), faults, inDoubt, checked
        }) {
            row.add(String.format(Locale.ROOT, "%,d", number));
        }
        row.add(Long.toString(took.toSeconds()));
        row.add(result.equals("passed") ? notes : result);
        return row.toString();
    }

    String line() {
        return String.format(
                Locale.ROOT,
                "%-62s %9d appends %9d events %5d faults %5d doubts %10d checked %4d s  %s",
                scenario,
                appends,
                events,
                faults,
                inDoubt,
                checked,
                took.toSeconds(),
                result.equals("passed") ? notes : result);
    }

    String json() {
        return String.format(
                Locale.ROOT,
                "{\"scenario\": \"%s\", \"result\": \"%s\", \"appends\": %d, \"events\": %d, \"faults\": %d, \"resolvedDoubts\": %d, \"factsChecked\": %d, \"millis\": %d, \"notes\": \"%s\"}",
                scenario,
                quoted(result),
                appends,
                events,
                faults,
                inDoubt,
                checked,
                took.toMillis(),
                quoted(notes));
    }

    private static String quoted(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", " ");
    }
}
