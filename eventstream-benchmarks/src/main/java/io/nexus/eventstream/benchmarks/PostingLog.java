package io.nexus.eventstream.benchmarks;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.benchmarks.BenchmarkDatabase.AccountDebited;
import java.util.ArrayList;
import java.util.List;

/** Postings to accounts, appended ten at a time, each to another account. */
final class PostingLog {

    static final TenantId TENANT = TenantId.of("acme");

    private static final int ACCOUNTS = 1_000;
    private static final int AT_ONCE = 10;

    private PostingLog() {}

    static void fill(EventStore store, int events) {
        for (int number = 0; number < events; number += AT_ONCE) {
            List<StreamAppend> appends = new ArrayList<>(AT_ONCE);
            for (int each = number; each < number + AT_ONCE; each++) {
                appends.add(posting(each));
            }
            store.appendAll(TENANT, appends);
        }
    }

    /** Appends one event. */
    static AppendResult append(EventStore store, TenantId tenant, int number) {
        return store.append(tenant, posting(number));
    }

    /** Returns the account of a posting; with a prime step, so that neighbours in the log are not neighbours in the table. */
    static String account(int number) {
        return Long.toString(number * 389L % ACCOUNTS);
    }

    private static StreamAppend posting(int number) {
        return StreamAppend.of(
                StreamId.of("account", account(number)),
                ExpectedVersion.any(),
                NewEvent.of(AccountDebited.number(number)));
    }
}
