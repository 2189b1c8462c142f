package io.nexus.eventstream.core;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.snapshot.Snapshot;
import io.nexus.eventstream.snapshot.SnapshotInfo;
import io.nexus.eventstream.snapshot.SnapshotRepository;
import io.nexus.eventstream.spi.EventStorage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Snapshots on the heap: the rules of the interface and nothing else. Thread-safe. */
final class InMemorySnapshots implements SnapshotRepository {

    private static final Comparator<Snapshot> NEWEST_FIRST =
            Comparator.comparing(Snapshot::version).reversed();

    private final EventStorage events;

    // Guarded by itself.
    private final List<Snapshot> snapshots = new ArrayList<>();

    InMemorySnapshots(EventStorage events) {
        this.events = events;
    }

    @Override
    public boolean save(Snapshot snapshot) {
        synchronized (snapshots) {
            delete(snapshot.tenant(), snapshot.info());
            return snapshots.add(snapshot);
        }
    }

    @Override
    public Optional<Snapshot> find(TenantId tenant, StreamId stream, String foldName, int schemaVersion, AsOf asOf) {
        return ofStream(tenant, stream)
                .filter(by(foldName, schemaVersion))
                .filter(each -> asOf.version()
                        .map(version -> each.version().compareTo(version) <= 0)
                        .orElse(true))
                .filter(each -> asOf.recorded()
                        .map(moment -> !each.recordedAt().isAfter(moment))
                        .orElse(true))
                .filter(each -> asOf.occurred()
                        .map(moment -> !each.latestOccurredAt().isAfter(moment))
                        .orElse(true))
                .min(NEWEST_FIRST);
    }

    @Override
    public List<SnapshotInfo> list(TenantId tenant, StreamId stream) {
        return ofStream(tenant, stream)
                .sorted(Comparator.comparing(Snapshot::foldName)
                        .thenComparingInt(Snapshot::schemaVersion)
                        .thenComparing(NEWEST_FIRST))
                .map(Snapshot::info)
                .toList();
    }

    @Override
    public boolean delete(TenantId tenant, SnapshotInfo snapshot) {
        synchronized (snapshots) {
            return snapshots.removeIf(each -> each.tenant().equals(tenant)
                    && each.stream().equals(snapshot.stream())
                    && each.version().equals(snapshot.version())
                    && by(snapshot.foldName(), snapshot.schemaVersion()).test(each));
        }
    }

    @Override
    public int deleteOlderThan(TenantId tenant, Instant moment, int keepNewest) {
        synchronized (snapshots) {
            Map<List<Object>, List<Snapshot>> groups = snapshots.stream()
                    .filter(each -> each.tenant().equals(tenant))
                    .collect(Collectors.groupingBy(
                            each -> List.of(each.stream(), each.foldName(), each.schemaVersion())));
            List<Snapshot> old = groups.values().stream()
                    .flatMap(group -> group.stream().sorted(NEWEST_FIRST).skip(keepNewest))
                    .filter(each -> each.createdAt().isBefore(moment))
                    .toList();
            snapshots.removeAll(old);
            return old.size();
        }
    }

    @Override
    public List<StreamId> findStreamsNeedingSnapshots(
            TenantId tenant, String category, String foldName, int schemaVersion, long threshold, int limit) {
        Map<StreamId, Long> lengths = new HashMap<>();
        for (StoredEvent event : events.read(tenant, EventQuery.log().ofCategories(category), Integer.MAX_VALUE)) {
            lengths.put(event.stream(), event.version().value());
        }
        return lengths.entrySet().stream()
                .filter(each -> each.getValue()
                                - latest(tenant, each.getKey(), foldName, schemaVersion)
                                        .map(Snapshot::version)
                                        .map(EventVersion::value)
                                        .orElse(0L)
                        >= threshold)
                .sorted(Map.Entry.<StreamId, Long>comparingByValue().reversed())
                .limit(limit)
                .map(Map.Entry::getKey)
                .toList();
    }

    private Stream<Snapshot> ofStream(TenantId tenant, StreamId stream) {
        synchronized (snapshots) {
            return List.copyOf(snapshots).stream()
                    .filter(each ->
                            each.tenant().equals(tenant) && each.stream().equals(stream));
        }
    }

    private static Predicate<Snapshot> by(String foldName, int schemaVersion) {
        return each -> each.foldName().equals(foldName) && each.schemaVersion() == schemaVersion;
    }
}
