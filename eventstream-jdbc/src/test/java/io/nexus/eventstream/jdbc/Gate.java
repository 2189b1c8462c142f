package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.spi.DecodedEvent;
import io.nexus.eventstream.spi.EncodedEvent;
import io.nexus.eventstream.spi.EventSerializer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** Freezes a thread at one event until it is opened. */
final class Gate {

    private final long position;
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);

    Gate(long position) {
        this.position = position;
    }

    /** Freezes where a projector has written a row for the event; to be a {@link Journal}'s hook. */
    void pass(RecordedEvent event) {
        pass(event.position().value());
    }

    /** Returns a store that freezes where it reads the event. */
    PostgresEventStore reading(FreshDatabase database) {
        return reading(database.pool());
    }

    PostgresEventStore reading(DataSource dataSource) {
        return PostgresEventStore.builder(
                        dataSource, new GatedSerializer(JsonEventSerializer.of(FreshDatabase.TYPES), this))
                .build();
    }

    void awaitReached() {
        awaitLatch(reached);
    }

    void open() {
        opened.countDown();
    }

    private void pass(long at) {
        if (at == position) {
            reached.countDown();
            awaitLatch(opened);
        }
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            if (!latch.await(1, TimeUnit.MINUTES)) {
                throw new AssertionError("a minute has passed at a gate");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private record GatedSerializer(EventSerializer delegate, Gate gate) implements EventSerializer {

        @Override
        public EncodedEvent encode(TenantId tenant, StreamId stream, NewEvent event) {
            return delegate.encode(tenant, stream, event);
        }

        @Override
        public List<DecodedEvent> decode(StoredEvent stored) {
            gate.pass(stored.position().value());
            return delegate.decode(stored);
        }

        @Override
        public Set<String> storedTypes(Set<String> types) {
            return delegate.storedTypes(types);
        }
    }
}
