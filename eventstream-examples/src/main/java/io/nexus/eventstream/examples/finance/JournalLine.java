package io.nexus.eventstream.examples.finance;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * One line of a journal entry. It stands on one side by construction, never on both.
 *
 * @param date the posting date
 * @param account the account's number
 * @param side debit or credit
 * @param amount the amount; zero and negative ones (red storno) are amounts like any other
 * @param currency three upper-case letters
 * @param description what the line is about
 */
public record JournalLine(
        LocalDate date, String account, Side side, BigDecimal amount, String currency, String description) {

    private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");

    /**
     * Checks the parts.
     *
     * @throws InvalidJournalEntryException if the account is blank or the currency is not three upper-case letters
     */
    public JournalLine {
        Objects.requireNonNull(date, "date");
        Objects.requireNonNull(side, "side");
        Objects.requireNonNull(amount, "amount");
        Objects.requireNonNull(description, "description");
        if (account.isBlank()) {
            throw new InvalidJournalEntryException("account is empty");
        }
        if (!CURRENCY.matcher(currency).matches()) {
            throw new InvalidJournalEntryException(
                    "currency \"%s\" is not three upper-case letters".formatted(currency));
        }
    }

    /** Returns a line that debits an account. */
    public static JournalLine debit(
            LocalDate date, String account, BigDecimal amount, String currency, String description) {
        return new JournalLine(date, account, Side.DEBIT, amount, currency, description);
    }

    /** Returns a line that credits an account. */
    public static JournalLine credit(
            LocalDate date, String account, BigDecimal amount, String currency, String description) {
        return new JournalLine(date, account, Side.CREDIT, amount, currency, description);
    }

    /** Returns the line that takes this one back: the same amount on the other side. */
    public JournalLine reversed(LocalDate on, String why) {
        return new JournalLine(on, account, side.opposite(), amount, currency, why);
    }

    /** Returns the amount as a balance counts it: debits add, credits take away. */
    public BigDecimal change() {
        return side == Side.DEBIT ? amount : amount.negate();
    }

    /** Returns this line as an event of its account. */
    AccountEvent toEvent(String entry) {
        return side == Side.DEBIT
                ? new AccountDebited(entry, amount, currency, description)
                : new AccountCredited(entry, amount, currency, description);
    }
}
