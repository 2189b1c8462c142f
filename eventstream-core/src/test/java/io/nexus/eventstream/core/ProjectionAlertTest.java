package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACCOUNT_EVENTS;
import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.CASH;
import static io.nexus.eventstream.core.Samples.debited;
import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.projection.ProjectionEngine;
import io.nexus.eventstream.projection.ErrorPolicy;
import io.nexus.eventstream.projection.ParkedEvent;
import io.nexus.eventstream.projection.ProjectionListener;
import io.nexus.eventstream.projection.ProjectionState;
import io.nexus.eventstream.projection.ProjectionStatus;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.projection.Subscription;
import io.nexus.eventstream.spi.ForwardingEventStore;
import io.nexus.eventstream.spi.ProjectingEventStore;
import io.nexus.eventstream.spi.ProjectionStorage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The storage goes away right after a failure was saved: whoever waits for an alert gets it nevertheless. */
class ProjectionAlertTest {

    private final Leaving store = new Leaving(InMemoryEventStore.create(ACCOUNT_EVENTS));
    private final Told told = new Told();

    @Test
    void aFailureIsTold() {
        run(ErrorPolicy.STOP);

        assertThat(told.failed).singleElement().satisfies(status -> {
            assertThat(status.state()).isEqualTo(ProjectionState.FAILED);
            assertThat(status.failure().orElseThrow().position()).isEqualTo(Position.of(1));
            assertThat(status.lagInEvents()).isPositive();
        });
    }

    @Test
    void anEventThatWasPutAsideIsTold() {
        run(ErrorPolicy.PARK_STREAM);

        assertThat(told.parked)
                .singleElement()
                .extracting(ParkedEvent::position)
                .isEqualTo(Position.of(1));
    }

    private void run(ErrorPolicy policy) {
        store.append(ACME, StreamAppend.of(CASH, ExpectedVersion.any(), NewEvent.of(debited("5"))));
        Balances poisoned = new Balances().then(event -> {
            throw new IllegalStateException("poison");
        });
        try (ProjectionEngine engine = ProjectionEngine.builder(store)
                .projector(poisoned, policy)
                .listener(told)
                .maxAttempts(1)
                .build()) {
            for (int turn = 0; turn < 5; turn++) {
                // The first question of a turn is answered, the second is that for the status.
                store.answers = 1;
                engine.runOnce();
                store.answers = Integer.MAX_VALUE;
            }
        }
    }

    private static final class Told implements ProjectionListener {

        private final List<ProjectionStatus> failed = new ArrayList<>();
        private final List<ParkedEvent> parked = new ArrayList<>();

        @Override
        public void onFailed(ProjectionStatus status) {
            failed.add(status);
        }

        @Override
        public void onParked(ProjectionStatus status, ParkedEvent event) {
            parked.add(event);
        }
    }

    /** Says so often only where the log ends. */
    private static final class Leaving extends ForwardingEventStore implements ProjectingEventStore {

        private final ProjectingEventStore store;
        private int answers = Integer.MAX_VALUE;

        Leaving(ProjectingEventStore store) {
            this.store = store;
        }

        @Override
        protected EventStore delegate() {
            return store;
        }

        @Override
        public Optional<LogHead> head(TenantId tenant) {
            if (answers-- <= 0) {
                throw new StorageException("the storage is away", null);
            }
            return super.head(tenant);
        }

        @Override
        public ProjectionStorage projections() {
            return store.projections();
        }

        @Override
        public List<Projector> inlineProjectors() {
            return store.inlineProjectors();
        }

        @Override
        public Subscription onAppend(Consumer<TenantId> listener) {
            return store.onAppend(listener);
        }
    }
}
