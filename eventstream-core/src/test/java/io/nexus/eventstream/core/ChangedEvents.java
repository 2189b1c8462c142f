package io.nexus.eventstream.core;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AppendedEvent;
import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.AppendCommand;
import io.nexus.eventstream.spi.AppendOutcome;
import io.nexus.eventstream.spi.EventStorage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Shows events otherwise than they are stored. */
abstract class ChangedEvents extends ForwardingStorage {

    ChangedEvents(EventStorage whole) {
        super(whole);
    }

    abstract StoredEvent changed(StoredEvent event);

    Position shown(Position position) {
        return position;
    }

    EventQuery asStored(EventQuery query) {
        return query;
    }

    @Override
    public AppendOutcome append(TenantId tenant, AppendCommand command) {
        AppendOutcome outcome = super.append(tenant, command);
        if (!(outcome instanceof AppendOutcome.Appended appended)) {
            return outcome;
        }
        AppendResult result = appended.result();
        List<AppendedEvent> places = result.events().stream()
                .map(event -> new AppendedEvent(event.id(), event.stream(), event.version(), shown(event.position())))
                .toList();
        return new AppendOutcome.Appended(new AppendResult(places, result.recordedAt(), result.alreadyRecorded()));
    }

    @Override
    public List<StoredEvent> read(TenantId tenant, EventQuery query, int limit) {
        return super.read(tenant, asStored(query), limit).stream()
                .map(this::changed)
                .toList();
    }

    @Override
    public Optional<StoredEvent> find(TenantId tenant, EventId id) {
        return super.find(tenant, id).map(this::changed);
    }

    @Override
    public Optional<LogHead> head(TenantId tenant) {
        return super.head(tenant)
                .flatMap(head -> super.read(tenant, EventQuery.log().backward(), 1).stream()
                        .findFirst())
                .map(this::changed)
                .map(event -> new LogHead(event.position(), event.recordedAt(), event.hash()));
    }

    @Override
    public Position positionAt(TenantId tenant, Instant recordedAt) {
        return shown(super.positionAt(tenant, recordedAt));
    }

    static StoredEvent copy(
            StoredEvent event, Position position, Instant occurredAt, Instant recordedAt, EventHash hash) {
        return new StoredEvent(
                event.tenant(),
                position,
                event.stream(),
                event.version(),
                event.id(),
                event.type(),
                event.payload(),
                event.metadata(),
                occurredAt,
                recordedAt,
                hash);
    }
}
