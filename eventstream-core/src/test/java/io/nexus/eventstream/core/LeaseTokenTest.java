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
import io.nexus.eventstream.spi.StoredProjection;
import org.junit.jupiter.api.Test;

/** A worker that was frozen in a build which is gone must not take the next one in its slot for its own. */
class LeaseTokenTest {

    private final InMemoryEventStore store = InMemoryEventStore.create(ACCOUNT_EVENTS);

    @Test
    void noTwoBuildsInOneSlotHaveTheSameToken() {
        store.append(ACME, StreamAppend.of(CASH, ExpectedVersion.any(), NewEvent.of(debited("1"))));
        ProjectionEngine engine =
                ProjectionEngine.builder(store).projector(new Balances()).build();
        engine.run();

        engine.rebuild(ACME, "balances");
        StoredProjection first = building();
        engine.cancel(ACME, "balances");
        engine.rebuild(ACME, "balances");

        assertThat(building().key()).isEqualTo(first.key());
        assertThat(building().checkpoint()).isEqualTo(first.checkpoint());
        assertThat(building().leaseToken()).isNotEqualTo(first.leaseToken());
    }

    private StoredProjection building() {
        return store.projections().find(ACME, "balances").stream()
                .filter(build -> build.role() == SlotRole.BUILDING)
                .findFirst()
                .orElseThrow();
    }
}
