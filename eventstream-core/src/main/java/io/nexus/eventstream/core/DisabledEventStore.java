package io.nexus.eventstream.core;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.projection.Subscription;
import io.nexus.eventstream.spi.ProjectingEventStore;
import io.nexus.eventstream.spi.ProjectionStorage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What {@code enabled=false} gives: appends do nothing and reads find nothing. Says so in the log once. */
final class DisabledEventStore implements ProjectingEventStore {

    private static final Logger log = LoggerFactory.getLogger(DisabledEventStore.class);

    private final Clock clock = Clock.systemUTC();
    private final ProjectionStorage projections =
            new InMemoryProjectionStorage(new InMemoryEventStorage(clock, Duration.ofMinutes(5)));

    DisabledEventStore() {
        log.warn("The event store is switched off (enabled=false): appends are not recorded and reads find nothing");
    }

    @Override
    public AppendResult appendAll(TenantId tenant, List<StreamAppend> appends) {
        return new AppendResult(List.of(), clock.instant().truncatedTo(ChronoUnit.MICROS), false);
    }

    @Override
    public void ensureTenant(TenantId tenant) {
        // Nothing is kept, so there is nothing to prepare.
    }

    @Override
    public EventPage read(TenantId tenant, EventQuery query) {
        return new EventPage(List.of(), Optional.empty());
    }

    @Override
    public EventVersion version(TenantId tenant, StreamId stream) {
        return EventVersion.NONE;
    }

    @Override
    public Optional<LogHead> head(TenantId tenant) {
        return Optional.empty();
    }

    @Override
    public Optional<RecordedEvent> find(TenantId tenant, EventId id) {
        return Optional.empty();
    }

    @Override
    public Position positionAt(TenantId tenant, Instant recordedAt) {
        return Position.START;
    }

    @Override
    public ProjectionStorage projections() {
        return projections;
    }

    @Override
    public List<Projector> inlineProjectors() {
        return List.of();
    }

    @Override
    public Subscription onAppend(Consumer<TenantId> listener) {
        return () -> {};
    }
}
