package io.nexus.eventstream.examples.quickstart;

import io.nexus.eventstream.examples.finance.InvalidJournalEntryException;
import io.nexus.eventstream.examples.finance.JournalEntry;
import io.nexus.eventstream.examples.finance.JournalLine;
import io.nexus.eventstream.examples.finance.Side;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A journal in CSV. Lines with the same entry number make one entry, wherever in the file they stand. An entry of which one
 * line is bad is left out as a whole.
 *
 * @param name the name of the file
 * @param lines how many lines it has
 * @param entries the entries that can be posted, in the order of their first lines
 * @param refusals what was left out and why, by line
 */
record JournalFile(String name, int lines, List<NumberedEntry> entries, List<Refusal> refusals) {

    static final List<String> COLUMNS =
            List.of("date", "entry", "account", "debit", "credit", "currency", "description");

    /**
     * An entry and where it comes from.
     *
     * @param entry the entry
     * @param lines its lines in the file
     */
    record NumberedEntry(JournalEntry entry, List<Long> lines) {}

    /**
     * Reads a journal.
     *
     * @throws UsageException if the header is wrong
     */
    static JournalFile read(Source source) {
        Map<String, Draft> drafts = new LinkedHashMap<>();
        int lines = CsvFile.read(
                source,
                COLUMNS,
                row -> drafts.computeIfAbsent(row.get("entry"), number -> new Draft(source.name(), number))
                        .add(row));
        drafts.values().forEach(Draft::close);
        return new JournalFile(
                source.name(),
                lines,
                drafts.values().stream().flatMap(draft -> draft.entry.stream()).toList(),
                drafts.values().stream()
                        .flatMap(draft -> draft.refusals.stream())
                        .sorted(Refusal.IN_ORDER)
                        .toList());
    }

    /** Returns how many entries have lines of different dates. */
    long entriesOverSeveralDays() {
        return entries.stream()
                .filter(each -> each.entry().lines().stream()
                                .map(JournalLine::date)
                                .distinct()
                                .count()
                        > 1)
                .count();
    }

    private static JournalLine line(CsvRow row) {
        row.fault().ifPresent(fault -> {
            throw new InvalidValueException(fault);
        });
        if (row.get("entry").isBlank()) {
            throw new InvalidValueException("entry is empty");
        }
        Side side = side(row);
        return new JournalLine(
                Values.date(row, "date"),
                row.get("account"),
                side,
                Values.number(row, side == Side.DEBIT ? "debit" : "credit"),
                row.get("currency"),
                row.get("description"));
    }

    /** Returns which of the two columns is filled; a zero beside an amount counts as not filled. */
    private static Side side(CsvRow row) {
        if (row.get("debit").isEmpty() && row.get("credit").isEmpty()) {
            throw new InvalidValueException("neither debit nor credit is filled");
        }
        if (row.get("credit").isEmpty()) {
            return Side.DEBIT;
        }
        if (row.get("debit").isEmpty()) {
            return Side.CREDIT;
        }
        BigDecimal debit = Values.number(row, "debit");
        BigDecimal credit = Values.number(row, "credit");
        if (debit.signum() != 0 && credit.signum() != 0) {
            throw new InvalidValueException(
                    "debit %s and credit %s are both filled".formatted(debit.toPlainString(), credit.toPlainString()));
        }
        return credit.signum() == 0 ? Side.DEBIT : Side.CREDIT;
    }

    /** Returns {@code line 7}, {@code lines 7 and 9} or {@code lines 7, 8, 9 and 12 others}. */
    static String named(List<Long> numbers) {
        if (numbers.size() == 1) {
            return "line " + numbers.get(0);
        }
        int shown = numbers.size() <= 4 ? numbers.size() - 1 : 3;
        String last = numbers.size() <= 4 ? numbers.get(shown).toString() : (numbers.size() - shown) + " others";
        List<String> first =
                numbers.subList(0, shown).stream().map(String::valueOf).toList();
        return "lines %s and %s".formatted(String.join(", ", first), last);
    }

    /** What is known of an entry while the file is being read. */
    private static final class Draft {

        private final String file;
        private final String number;
        private final List<JournalLine> lines = new ArrayList<>();
        private final List<Long> places = new ArrayList<>();
        private final Map<Long, String> faults = new LinkedHashMap<>();
        private final List<Refusal> refusals = new ArrayList<>();
        private Optional<NumberedEntry> entry = Optional.empty();

        Draft(String file, String number) {
            this.file = file;
            this.number = number;
        }

        void add(CsvRow row) {
            places.add(row.line());
            try {
                lines.add(line(row));
            } catch (InvalidValueException | InvalidJournalEntryException e) {
                faults.put(row.line(), String.valueOf(e.getMessage()));
            }
        }

        /** Makes an entry of all lines, or says why there is none. */
        void close() {
            String what = "entry %s (%s)".formatted(Screen.brief(number), named(places));
            if (faults.isEmpty()) {
                try {
                    entry = Optional.of(new NumberedEntry(new JournalEntry(number, lines), places));
                } catch (InvalidJournalEntryException e) {
                    refusals.add(new Refusal(file, places.get(0), what + " " + e.getMessage()));
                }
            }
            String consequence = number.isBlank() ? "" : "; %s is left out".formatted(what);
            faults.forEach((place, fault) -> refusals.add(new Refusal(file, place, fault + consequence)));
        }
    }
}
