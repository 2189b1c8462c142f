package io.nexus.eventstream.examples.finance;

import io.nexus.eventstream.Fold;
import io.nexus.eventstream.NamedFold;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an account holds, per currency. Debits are positive, credits negative; the scale of the amounts is kept.
 *
 * @param amounts the sum of each currency that the account has ever seen, zero included, by currency
 */
public record Balance(SortedMap<String, BigDecimal> amounts) {

    /** The balance of an account that nothing was posted to. */
    public static final Balance ZERO = new Balance(new TreeMap<>());

    /** Copies the map. */
    public Balance {
        amounts = Collections.unmodifiableSortedMap(new TreeMap<>(amounts));
    }

    /** Returns the fold that makes a balance of an account's events. Its states may be kept as snapshots. */
    public static NamedFold<Balance> fold() {
        return Fold.of(ZERO, AccountEvent.class, (balance, event) -> balance.plus(event.currency(), event.change()))
                .named("balance", 1, Balance.class);
    }

    /** Returns the amount of one currency, zero if the account has never seen it. */
    public BigDecimal in(String currency) {
        return amounts.getOrDefault(currency, BigDecimal.ZERO);
    }

    /** Returns the balance after a change of one currency. */
    public Balance plus(String currency, BigDecimal change) {
        TreeMap<String, BigDecimal> changed = new TreeMap<>(amounts);
        changed.merge(currency, change, BigDecimal::add);
        return new Balance(changed);
    }

    /** Returns the sum of two balances. */
    public Balance plus(Balance other) {
        TreeMap<String, BigDecimal> sums = new TreeMap<>(amounts);
        other.amounts.forEach((currency, amount) -> sums.merge(currency, amount, BigDecimal::add));
        return new Balance(sums);
    }

    /** Returns this balance less another one, without the currencies in which nothing is left. */
    public Balance minus(Balance other) {
        TreeMap<String, BigDecimal> differences = new TreeMap<>(amounts);
        other.amounts.forEach((currency, amount) -> differences.merge(currency, amount.negate(), BigDecimal::add));
        differences.values().removeIf(difference -> difference.signum() == 0);
        return new Balance(differences);
    }
}
