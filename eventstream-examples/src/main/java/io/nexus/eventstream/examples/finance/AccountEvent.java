package io.nexus.eventstream.examples.finance;

import java.math.BigDecimal;

/** What happens to an account: one line of a journal entry. */
public sealed interface AccountEvent permits AccountDebited, AccountCredited {

    /** Returns the number of the journal entry that the line belongs to. */
    String entry();

    /** Returns the amount as it was posted; negative in a red storno. */
    BigDecimal amount();

    /** Returns the currency, three upper-case letters. */
    String currency();

    /** Returns what the line is about. */
    String description();

    /** Returns the amount as a balance counts it: debits add, credits take away. */
    BigDecimal change();
}
