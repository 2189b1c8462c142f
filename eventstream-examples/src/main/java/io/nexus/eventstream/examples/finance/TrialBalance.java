package io.nexus.eventstream.examples.finance;

import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The balance of every account at one moment.
 *
 * @param accounts the balances by account number, of every account that had been posted to
 * @param lastOccurredAt business time of the latest line in it, empty if there is none
 */
public record TrialBalance(SortedMap<String, Balance> accounts, Optional<Instant> lastOccurredAt) {

    /** Copies the map. */
    public TrialBalance {
        accounts = Collections.unmodifiableSortedMap(new TreeMap<>(accounts));
    }

    /** Returns the balance of one account, zero if nothing had been posted to it. */
    public Balance of(String account) {
        return accounts.getOrDefault(account, Balance.ZERO);
    }

    /** Returns the sum over all accounts. In a ledger whose entries balance it is zero in every currency. */
    public Balance total() {
        return accounts.values().stream().reduce(Balance.ZERO, Balance::plus);
    }
}
