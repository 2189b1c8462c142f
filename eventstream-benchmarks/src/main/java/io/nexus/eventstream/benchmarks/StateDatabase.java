package io.nexus.eventstream.benchmarks;

import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.Fold;
import io.nexus.eventstream.NamedFold;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.benchmarks.BenchmarkDatabase.AccountDebited;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Postings with business times a minute apart, to one account or spread over a thousand; every tenth is back-dated. */
final class StateDatabase {

    static final TenantId TENANT = TenantId.of("acme");
    static final String CATEGORY = "account";

    private static final Instant FIRST = Instant.parse("2025-01-01T00:00:00Z");
    private static final int AT_ONCE = 1_000;

    private StateDatabase() {}

    /** What the fold makes of an account: the sum, and how many postings are in it. */
    record Total(long postings, BigDecimal sum) {
        static final Total NONE = new Total(0, new BigDecimal("0.00"));

        Total plus(AccountDebited posting) {
            return new Total(postings + 1, sum.add(posting.amount()));
        }
    }

    static NamedFold<Total> fold() {
        return Fold.of(Total.NONE, AccountDebited.class, Total::plus).named("total", 1, Total.class);
    }

    static StreamId account(int number) {
        return StreamId.of(CATEGORY, "account-" + number);
    }

    /** Returns the business time that lies behind this part of all postings, but for those that are back-dated. */
    static Instant momentAfter(int postings) {
        return FIRST.plusSeconds(60L * postings);
    }

    static void fill(EventStore store, int events, int accounts) {
        for (int number = 0; number < events; number += AT_ONCE) {
            List<StreamAppend> appends = new ArrayList<>(AT_ONCE);
            for (int each = number; each < number + AT_ONCE; each++) {
                appends.add(posting(each, accounts));
            }
            store.appendAll(TENANT, appends);
        }
    }

    /** Appends one posting to the first account. */
    static void append(EventStore store, int number) {
        store.append(TENANT, posting(number, 1));
    }

    private static StreamAppend posting(int number, int accounts) {
        Instant occurredAt = momentAfter(number % 10 == 9 ? number / 2 : number);
        return StreamAppend.of(
                account(number % accounts),
                ExpectedVersion.any(),
                NewEvent.of(AccountDebited.number(number)).occurredAt(occurredAt));
    }
}
