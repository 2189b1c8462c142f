package io.nexus.eventstream.examples.finance;

import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

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

    /** Returns these balances less others, by account, without the accounts in which nothing is left; none if all are equal. */
    public SortedMap<String, Balance> minus(TrialBalance other) {
        TreeSet<String> all = new TreeSet<>(accounts.keySet());
        all.addAll(other.accounts.keySet());
        TreeMap<String, Balance> differences = new TreeMap<>();
        for (String account : all) {
            Balance difference = of(account).minus(other.of(account));
            if (!difference.amounts().isEmpty()) {
                differences.put(account, difference);
            }
        }
        return differences;
    }
}
