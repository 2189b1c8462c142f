package io.nexus.eventstream.core;

import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.AppendCommand;
import io.nexus.eventstream.spi.AppendOutcome;
import io.nexus.eventstream.spi.EventStorage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A storage that passes every call on; those of {@link BrokenStoresTest} get one call wrong each. */
class ForwardingStorage implements EventStorage {

    final EventStorage whole;

    ForwardingStorage(EventStorage whole) {
        this.whole = whole;
    }

    @Override
    public void ensureTenant(TenantId tenant) {
        whole.ensureTenant(tenant);
    }

    @Override
    public AppendOutcome append(TenantId tenant, AppendCommand command) {
        return whole.append(tenant, command);
    }

    @Override
    public List<StoredEvent> read(TenantId tenant, EventQuery query, int limit) {
        return whole.read(tenant, query, limit);
    }

    @Override
    public EventVersion version(TenantId tenant, StreamId stream) {
        return whole.version(tenant, stream);
    }

    @Override
    public Optional<LogHead> head(TenantId tenant) {
        return whole.head(tenant);
    }

    @Override
    public Optional<StoredEvent> find(TenantId tenant, EventId id) {
        return whole.find(tenant, id);
    }

    @Override
    public Position positionAt(TenantId tenant, Instant recordedAt) {
        return whole.positionAt(tenant, recordedAt);
    }
}
