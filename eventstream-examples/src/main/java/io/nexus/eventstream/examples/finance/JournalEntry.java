package io.nexus.eventstream.examples.finance;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * A journal entry: a number and lines whose debits equal their credits, in every currency. What breaks these rules cannot
 * be made, so what can be made can be posted.
 *
 * @param number what the entry is known by; unique in the ledger
 * @param lines at least two
 */
public record JournalEntry(String number, List<JournalLine> lines) {

    /**
     * Copies the lines and checks them.
     *
     * @throws InvalidJournalEntryException if the number is blank, there are fewer than two lines, or a currency does not
     *     balance; the message says which
     */
    public JournalEntry {
        lines = List.copyOf(lines);
        if (number.isBlank()) {
            throw new InvalidJournalEntryException("entry number is empty");
        }
        if (lines.size() < 2) {
            throw new InvalidJournalEntryException(
                    "has %s, an entry needs two or more".formatted(lines.isEmpty() ? "no line" : "one line only"));
        }
        requireBalanced(lines);
    }

    /** Returns the entry of this number and these lines. */
    public static JournalEntry of(String number, JournalLine... lines) {
        return new JournalEntry(number, List.of(lines));
    }

    private static void requireBalanced(List<JournalLine> lines) {
        TreeMap<String, BigDecimal> differences = new TreeMap<>();
        lines.forEach(line -> differences.merge(line.currency(), line.change(), BigDecimal::add));
        List<String> faults = new ArrayList<>();
        differences.forEach((currency, difference) -> {
            if (difference.signum() != 0) {
                faults.add("%s debits %s, %s credits %s"
                        .formatted(
                                currency,
                                sum(lines, currency, Side.DEBIT),
                                currency,
                                sum(lines, currency, Side.CREDIT)));
            }
        });
        if (!faults.isEmpty()) {
            throw new InvalidJournalEntryException("does not balance: " + String.join("; ", faults));
        }
    }

    private static String sum(List<JournalLine> lines, String currency, Side side) {
        return lines.stream()
                .filter(line -> line.currency().equals(currency) && line.side() == side)
                .map(JournalLine::amount)
                .reduce(BigDecimal.ZERO, BigDecimal::add)
                .toPlainString();
    }
}
