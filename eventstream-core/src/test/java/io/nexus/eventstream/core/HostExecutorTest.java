package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACCOUNT_EVENTS;
import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.CASH;
import static io.nexus.eventstream.core.Samples.debited;
import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** An engine on the threads of its host. */
class HostExecutorTest {

    @Test
    void aTurnThatTheExecutorDoesNotTakeIsTriedAgainWhateverItThrows() {
        InMemoryEventStore store = InMemoryEventStore.create(ACCOUNT_EVENTS);
        AtomicInteger tasks = new AtomicInteger();
        try (ProjectionEngine engine = ProjectionEngine.builder(store)
                .projector(new Balances())
                .pollInterval(Duration.ofMillis(5))
                .executor(task -> {
                    switch (tasks.incrementAndGet()) {
                        case 1 -> throw new IllegalStateException("the host is not ready");
                        case 2 -> throw new OutOfMemoryError("unable to create native thread");
                        default -> new Thread(task, "host").start();
                    }
                })
                .build()) {
            AppendResult result =
                    store.append(ACME, StreamAppend.of(CASH, ExpectedVersion.any(), NewEvent.of(debited("5"))));
            engine.start();

            engine.awaitProjection(ACME, result, "balances", Duration.ofMinutes(2));
        }
        assertThat(tasks.get()).isGreaterThan(2);
    }
}
