package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACCOUNT_EVENTS;
import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.CASH;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.core.Samples.AccountEvent;
import io.nexus.eventstream.core.Samples.Debited;
import io.nexus.eventstream.snapshot.SnapshotRepository;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** A stream of numbered debits, what a plain loop makes of them, and managers of its snapshots. */
final class TalliedStore {

    static final Instant NOW = Instant.parse("2026-04-05T12:00:00Z");

    final SettableClock clock = new SettableClock(NOW);
    final InMemoryEventStore whole = InMemoryEventStore.builder(JsonEventSerializer.of(ACCOUNT_EVENTS))
            .clock(clock)
            .build();
    final WatchedReads store = new WatchedReads(whole);
    final SnapshotRepository repository = whole.snapshots();
    final SnapshotNews news = new SnapshotNews();
    final List<AccountEvent> facts = new ArrayList<>();

    static TalliedStore of(int events) {
        TalliedStore store = new TalliedStore();
        store.append(events);
        return store;
    }

    void append(int events) {
        for (int i = 0; i < events; i++) {
            Debited fact = fact();
            whole.append(ACME, StreamAppend.of(CASH, ExpectedVersion.any(), NewEvent.of(fact)));
            facts.add(fact);
        }
    }

    /** Appends through a manager, all at once. */
    void append(EventStreamManager ledger, int events) {
        List<AccountEvent> added = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            added.add(fact());
            facts.add(added.get(i));
        }
        ledger.append(CASH, ExpectedVersion.any(), added.toArray());
    }

    private Debited fact() {
        return new Debited("JE-" + facts.size(), new BigDecimal(facts.size() + ".50"));
    }

    Tally expected() {
        return Tally.of(facts);
    }

    Tally expected(int version) {
        return Tally.of(facts.subList(0, version));
    }

    /** Returns a manager that has seen nothing yet, without a cache unless the options give one. */
    SnapshotManager manager(SnapshotPolicy policy, UnaryOperator<SnapshotManager.Builder> options) {
        return options.apply(SnapshotManager.builder(store, repository)
                        .snapshot(CASH.category(), Tally.FOLD, policy)
                        .settings(SnapshotSettings.defaults().withCacheTtl(Duration.ZERO))
                        .listener(news)
                        .clock(clock))
                .build();
    }

    SnapshotManager manager(SnapshotPolicy policy) {
        return manager(policy, UnaryOperator.identity());
    }

    EventStreamManager ledger(SnapshotManager snapshots) {
        return EventStreamManager.builder().store(store).tenant(ACME).build().withSnapshots(snapshots);
    }

    Tally load(SnapshotManager manager) {
        return manager.load(ACME, CASH, Tally.FOLD, AsOf.now()).state();
    }

    List<Long> stored() {
        return repository.list(ACME, CASH).stream()
                .map(each -> each.version().value())
                .toList();
    }
}
