package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACCOUNT_EVENTS;
import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.CASH;
import static io.nexus.eventstream.core.Samples.debited;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.Fold;
import io.nexus.eventstream.NamedFold;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import java.time.Instant;

/** A stream of so many events whose number is the state, with snapshots as a configuration has them. */
final class CountedSnapshots {

    static final NamedFold<Long> FOLD =
            Fold.of(0L, Object.class, (count, event) -> count + 1).named("count", 1, Long.class);
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    final SettableClock clock = new SettableClock(NOW);
    final InMemoryEventStore store = InMemoryEventStore.create(ACCOUNT_EVENTS);
    final SnapshotManager manager;

    CountedSnapshots(EventStreamConfig config, int events) {
        manager = SnapshotManager.builder(store)
                .snapshot(CASH.category(), FOLD)
                .settings(config.snapshots())
                .clock(clock)
                .build();
        append(events);
    }

    void append(int events) {
        for (int i = 0; i < events; i++) {
            store.append(ACME, StreamAppend.of(CASH, ExpectedVersion.any(), NewEvent.of(debited("1"))));
        }
    }

    long count() {
        return manager.load(ACME, CASH, FOLD, AsOf.now()).state();
    }
}
