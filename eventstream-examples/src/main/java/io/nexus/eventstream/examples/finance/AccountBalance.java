package io.nexus.eventstream.examples.finance;

import io.nexus.eventstream.Position;
import java.math.BigDecimal;

/**
 * A row of the read model {@link AccountBalances}.
 *
 * @param account the account's number
 * @param currency three upper-case letters
 * @param balance debits less credits
 * @param entries how many lines were posted
 * @param lastPosition the place in the log of the latest of them
 */
public record AccountBalance(
        String account, String currency, BigDecimal balance, long entries, Position lastPosition) {}
