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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A storage on the heap that remembers what it was asked, and ends appends as a test has laid out. */
final class WatchedStorage implements EventStorage {

    private final InMemoryEventStorage storage;
    private final Deque<Supplier<AppendOutcome>> outcomes = new ArrayDeque<>();
    final List<String> calls = new ArrayList<>();
    final List<AppendCommand> commands = new ArrayList<>();

    WatchedStorage(Clock clock) {
        storage = new InMemoryEventStorage(clock, Duration.ofMinutes(5));
    }

    /** Ends the next append that has no end yet in this way; without any, appends are recorded. */
    WatchedStorage ending(Supplier<AppendOutcome> outcome) {
        outcomes.add(outcome);
        return this;
    }

    @Override
    public void ensureTenant(TenantId tenant) {
        calls.add("ensureTenant " + tenant);
        storage.ensureTenant(tenant);
    }

    @Override
    public AppendOutcome append(TenantId tenant, AppendCommand command) {
        calls.add("append for " + tenant);
        commands.add(command);
        return outcomes.isEmpty()
                ? storage.append(tenant, command)
                : outcomes.remove().get();
    }

    @Override
    public List<StoredEvent> read(TenantId tenant, EventQuery query, int limit) {
        calls.add("read %d of %s".formatted(limit, query));
        return storage.read(tenant, query, limit);
    }

    @Override
    public EventVersion version(TenantId tenant, StreamId stream) {
        calls.add("version of " + stream);
        return storage.version(tenant, stream);
    }

    @Override
    public Optional<LogHead> head(TenantId tenant) {
        calls.add("head");
        return storage.head(tenant);
    }

    @Override
    public Optional<StoredEvent> find(TenantId tenant, EventId id) {
        calls.add("find " + id);
        return storage.find(tenant, id);
    }

    @Override
    public Position positionAt(TenantId tenant, Instant recordedAt) {
        calls.add("positionAt " + recordedAt);
        return storage.positionAt(tenant, recordedAt);
    }
}
