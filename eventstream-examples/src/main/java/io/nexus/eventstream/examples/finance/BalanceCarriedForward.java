package io.nexus.eventstream.examples.finance;

import java.math.BigDecimal;

/**
 * Part of an account's closing balance became its opening balance. An opening balance is the sum of these events: one as a
 * rule, and one more for each time the period before was reopened, changed and closed again.
 *
 * @param account the account's number
 * @param currency three upper-case letters
 * @param amount debit positive
 */
public record BalanceCarriedForward(String account, String currency, BigDecimal amount) {}
