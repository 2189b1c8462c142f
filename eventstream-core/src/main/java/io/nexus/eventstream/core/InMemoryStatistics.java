package io.nexus.eventstream.core;

import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.EventStorage;
import io.nexus.eventstream.spi.StatisticsStorage;
import io.nexus.eventstream.statistics.StreamLengths;
import io.nexus.eventstream.statistics.StreamStatistics;
import io.nexus.eventstream.statistics.TenantStatistics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Counts anew each time. Thread-safe. */
final class InMemoryStatistics implements StatisticsStorage {

    private final EventStorage events;
    private final Clock clock;

    InMemoryStatistics(EventStorage events, Clock clock) {
        this.events = events;
        this.clock = clock;
    }

    @Override
    public TenantStatistics tenant(TenantId tenant) {
        List<StoredEvent> all = events.read(tenant, EventQuery.log(), Integer.MAX_VALUE);
        Map<StreamId, Long> versions = new HashMap<>();
        all.forEach(event -> versions.put(event.stream(), event.version().value()));
        Map<Long, Long> lengths = new TreeMap<>();
        versions.values().forEach(version -> lengths.merge(upperBound(version), 1L, Long::sum));
        Instant now = clock.instant();
        return new TenantStatistics(
                Position.of(all.size()),
                since(all, now.minus(Duration.ofMinutes(1))),
                since(all, now.minus(Duration.ofHours(1))),
                Position.of(all.size()),
                bytes(all),
                versions.size(),
                lengths.entrySet().stream()
                        .map(each -> new StreamLengths(
                                each.getKey() == 1 ? 1 : each.getKey() / 10 + 1, each.getKey(), each.getValue()))
                        .toList());
    }

    @Override
    public StreamStatistics stream(TenantId tenant, StreamId stream) {
        List<StoredEvent> all = events.read(tenant, EventQuery.stream(stream), Integer.MAX_VALUE);
        return new StreamStatistics(
                stream,
                events.version(tenant, stream),
                bytes(all),
                all.size(),
                all.stream().findFirst().map(StoredEvent::recordedAt),
                all.isEmpty()
                        ? Optional.empty()
                        : Optional.of(all.get(all.size() - 1).recordedAt()));
    }

    private static long upperBound(long version) {
        long bound = 1;
        while (bound < version) {
            bound *= 10;
        }
        return bound;
    }

    private static long since(List<StoredEvent> all, Instant moment) {
        return all.stream().filter(event -> event.recordedAt().isAfter(moment)).count();
    }

    private static long bytes(List<StoredEvent> all) {
        return all.stream()
                .mapToLong(event -> event.payload().length + event.metadata().length)
                .sum();
    }
}
