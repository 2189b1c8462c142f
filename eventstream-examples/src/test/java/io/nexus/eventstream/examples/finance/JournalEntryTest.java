package io.nexus.eventstream.examples.finance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.math.BigDecimal;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;

/** What is a journal entry, and what is none. */
class JournalEntryTest {

    private static final LocalDate DAY = LocalDate.of(2025, 3, 31);

    @Test
    void entryOfOneLineIsRefused() {
        assertThatExceptionOfType(InvalidJournalEntryException.class)
                .isThrownBy(() -> JournalEntry.of("JE-1", debit("0.00", "MYR")))
                .withMessage("has one line only, an entry needs two or more");
        assertThatExceptionOfType(InvalidJournalEntryException.class)
                .isThrownBy(() -> JournalEntry.of("JE-1"))
                .withMessage("has no line, an entry needs two or more");
    }

    @Test
    void everyCurrencyBalancesByItself() {
        assertThatExceptionOfType(InvalidJournalEntryException.class)
                .isThrownBy(() -> JournalEntry.of("JE-1", debit("10.00", "MYR"), credit("10.00", "USD")))
                .withMessage("does not balance: MYR debits 10.00, MYR credits 0; USD debits 0, USD credits 10.00");
    }

    @Test
    void scaleDoesNotMatterForBalance() {
        JournalEntry entry = JournalEntry.of("JE-1", debit("10", "MYR"), credit("9.5", "MYR"), credit("0.500", "MYR"));

        assertThat(entry.lines()).hasSize(3);
    }

    @Test
    void negativeAndZeroAmountsAreAmounts() {
        assertThat(JournalEntry.of("JE-1", debit("-8800.00", "MYR"), credit("-8800.00", "MYR"))
                        .lines())
                .hasSize(2);
        assertThat(JournalEntry.of("JE-2", debit("0.00", "MYR"), credit("0", "SGD"))
                        .lines())
                .hasSize(2);
        assertThat(JournalEntry.of("JE-3", debit("-5", "MYR"), debit("5", "MYR"))
                        .lines())
                .hasSize(2);
    }

    @Test
    void entryWithoutNumberIsRefused() {
        assertThatExceptionOfType(InvalidJournalEntryException.class)
                .isThrownBy(() -> JournalEntry.of(" ", debit("1", "MYR"), credit("1", "MYR")))
                .withMessage("entry number is empty");
    }

    @Test
    void lineWithoutAccountOrCurrencyIsRefused() {
        assertThatExceptionOfType(InvalidJournalEntryException.class)
                .isThrownBy(() -> JournalLine.debit(DAY, "", BigDecimal.ONE, "MYR", ""))
                .withMessage("account is empty");
        for (String currency : new String[] {"", "myr", "MY", "MYRR", "M R", "ÄÖÜ"}) {
            assertThatExceptionOfType(InvalidJournalEntryException.class)
                    .isThrownBy(() -> JournalLine.debit(DAY, "1000", BigDecimal.ONE, currency, ""))
                    .withMessage("currency \"%s\" is not three upper-case letters".formatted(currency));
        }
    }

    @Test
    void reversedLineStandsOnTheOtherSide() {
        JournalLine line = debit("10.50", "MYR").reversed(DAY.plusDays(1), "taken back");

        assertThat(line)
                .isEqualTo(JournalLine.credit(DAY.plusDays(1), "1000", new BigDecimal("10.50"), "MYR", "taken back"));
        assertThat(line.change()).isEqualByComparingTo("-10.50");
    }

    private static JournalLine debit(String amount, String currency) {
        return JournalLine.debit(DAY, "1000", new BigDecimal(amount), currency, "");
    }

    private static JournalLine credit(String amount, String currency) {
        return JournalLine.credit(DAY, "2000", new BigDecimal(amount), currency, "");
    }
}
