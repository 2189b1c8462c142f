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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The reference implementation: the rules of an append in the order in which they are written down, and nothing else. */
final class InMemoryEventStorage implements EventStorage {

    private final Clock clock;
    private final Duration clockTolerance;
    private final Map<TenantId, InMemoryLog> logs = new ConcurrentHashMap<>();

    InMemoryEventStorage(Clock clock, Duration clockTolerance) {
        this.clock = clock;
        this.clockTolerance = clockTolerance;
    }

    @Override
    public void ensureTenant(TenantId tenant) {
        log(tenant).create();
    }

    @Override
    public AppendOutcome append(TenantId tenant, AppendCommand command) {
        InMemoryLog log = logs.get(tenant);
        return log == null ? new AppendOutcome.UnknownTenant() : log.append(command);
    }

    @Override
    public List<StoredEvent> read(TenantId tenant, EventQuery query, int limit) {
        InMemoryLog log = logs.get(tenant);
        return log == null ? List.of() : log.read(query, limit);
    }

    @Override
    public EventVersion version(TenantId tenant, StreamId stream) {
        InMemoryLog log = logs.get(tenant);
        return log == null ? EventVersion.NONE : log.version(stream);
    }

    @Override
    public Optional<LogHead> head(TenantId tenant) {
        InMemoryLog log = logs.get(tenant);
        return log == null ? Optional.empty() : log.head();
    }

    @Override
    public Optional<StoredEvent> find(TenantId tenant, EventId id) {
        InMemoryLog log = logs.get(tenant);
        return log == null ? Optional.empty() : log.find(id);
    }

    @Override
    public Position positionAt(TenantId tenant, Instant recordedAt) {
        return log(tenant).positionAt(recordedAt);
    }

    /** Returns a tenant's log, which may be one that nothing can be appended to yet. */
    InMemoryLog log(TenantId tenant) {
        return logs.computeIfAbsent(tenant, key -> new InMemoryLog(key, clock, clockTolerance));
    }

    /** Returns the tenants that there may be something about. */
    Set<TenantId> tenants() {
        return Set.copyOf(logs.keySet());
    }

    Clock clock() {
        return clock;
    }
}
