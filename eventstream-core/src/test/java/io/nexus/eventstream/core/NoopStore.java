package io.nexus.eventstream.core;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AppendedEvent;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keeps nothing, and answers as a store would whose every log is empty before each append. */
final class NoopStore implements EventStore {

    @Override
    public AppendResult appendAll(TenantId tenant, List<StreamAppend> appends) {
        Map<StreamId, Long> versions = new HashMap<>();
        List<AppendedEvent> places = new ArrayList<>();
        for (StreamAppend append : appends) {
            for (NewEvent event : append.events()) {
                long version = versions.merge(append.stream(), 1L, Long::sum);
                places.add(new AppendedEvent(
                        event.id(), append.stream(), EventVersion.of(version), Position.of(places.size() + 1L)));
            }
        }
        return new AppendResult(places, Instant.now().truncatedTo(ChronoUnit.MICROS), false);
    }

    @Override
    public void ensureTenant(TenantId tenant) {
        // It is as if it were there.
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
}
