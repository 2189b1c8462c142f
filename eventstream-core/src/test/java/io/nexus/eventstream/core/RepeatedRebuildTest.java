package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACCOUNT_EVENTS;
import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.CASH;
import static io.nexus.eventstream.core.Samples.debited;
import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.projection.SlotRole;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** One engine rebuilds a read model again and again, each time into the slot that it had given up the time before. */
class RepeatedRebuildTest {

    private static final int TURNS = 10;

    @Test
    void eachRebuildTakesTheOthersPlace() {
        InMemoryEventStore store = InMemoryEventStore.create(ACCOUNT_EVENTS);
        ProjectionEngine engine =
                ProjectionEngine.builder(store).projector(new Balances()).build();
        store.append(ACME, StreamAppend.of(CASH, ExpectedVersion.noStream(), NewEvent.of(debited("5"))));
        List<String> slots = new ArrayList<>();
        for (int build = 0; build < 4; build++) {
            if (build > 0) {
                engine.rebuild(ACME, "balances");
            }
            for (int turn = 0; turn < TURNS; turn++) {
                engine.runOnce();
            }
            engine.status(ACME, "balances").stream()
                    .filter(status -> status.role() == SlotRole.LIVE)
                    .forEach(status -> slots.add(status.slot()));
        }

        assertThat(slots).containsExactly("v1_a", "v1_b", "v1_a", "v1_b");
        engine.close();
    }

    @Test
    void anEngineThatIsNotStartedWorksInTheThreadOfItsCallersOnly() {
        InMemoryEventStore store = InMemoryEventStore.create(ACCOUNT_EVENTS);
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        Balances balances = new Balances().then(event -> threads.add(Thread.currentThread()));
        ProjectionEngine engine =
                ProjectionEngine.builder(store).projector(balances).batchSize(1).build();
        for (int event = 0; event < 20; event++) {
            store.append(ACME, StreamAppend.of(CASH, ExpectedVersion.any(), NewEvent.of(debited("5"))));
        }
        List<Long> handled = new ArrayList<>();
        handled.add(engine.run());
        for (int build = 1; build < 50; build++) {
            engine.rebuild(ACME, "balances");
            engine.wake(ACME);
            handled.add(engine.run());
        }

        assertThat(handled).hasSize(50).containsOnly(20L);
        assertThat(threads).containsExactly(Thread.currentThread());
        engine.close();
    }
}
