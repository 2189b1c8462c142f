package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.ProjectionKey;
import io.nexus.eventstream.spi.StoredProjection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The projections that this engine has, as it left them. It may have lost one without knowing; the next advance tells.
 * Thread-safe.
 */
final class HeldProjections {

    private final Map<ProjectionKey, StoredProjection> held = new ConcurrentHashMap<>();
    private final Map<TenantId, Set<ProjectionKey>> byTenant = new ConcurrentHashMap<>();
    private final Map<ProjectionKey, Meter> meters = new ConcurrentHashMap<>();

    Optional<StoredProjection> find(ProjectionKey key) {
        return Optional.ofNullable(held.get(key));
    }

    void keep(StoredProjection projection) {
        ProjectionKey key = projection.key();
        held.put(key, projection);
        byTenant.compute(key.tenant(), (tenant, keys) -> {
            Set<ProjectionKey> all = keys == null ? ConcurrentHashMap.newKeySet() : keys;
            all.add(key);
            return all;
        });
        meters.computeIfAbsent(
                key,
                absent -> new Meter(System.nanoTime(), projection.checkpoint().position()));
    }

    /** Drops what this engine believes about a build that has changed hands, or was begun anew, since. */
    void dropUnless(StoredProjection stored) {
        find(stored.key())
                .filter(own -> own.leaseToken() != stored.leaseToken())
                .ifPresent(own -> drop(own.key()));
    }

    void drop(ProjectionKey key) {
        held.remove(key);
        meters.remove(key);
        byTenant.computeIfPresent(key.tenant(), (tenant, keys) -> {
            keys.remove(key);
            return keys.isEmpty() ? null : keys;
        });
    }

    List<ProjectionKey> keysOf(TenantId tenant) {
        return List.copyOf(byTenant.getOrDefault(tenant, Set.of()));
    }

    List<StoredProjection> all() {
        return List.copyOf(held.values());
    }

    /** Returns positions a second since this engine has it; empty if it is not here or has not moved. */
    OptionalDouble positionsPerSecond(ProjectionKey key) {
        Meter meter = meters.get(key);
        StoredProjection projection = held.get(key);
        if (meter == null || projection == null) {
            return OptionalDouble.empty();
        }
        long moved = projection.checkpoint().position().value() - meter.from.value();
        double seconds = (System.nanoTime() - meter.since) / 1e9;
        return moved == 0 || seconds == 0 ? OptionalDouble.empty() : OptionalDouble.of(moved / seconds);
    }

    private record Meter(long since, Position from) {}
}
