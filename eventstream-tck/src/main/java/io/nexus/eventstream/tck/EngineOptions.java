package io.nexus.eventstream.tck;

import io.nexus.eventstream.projection.ErrorPolicy;
import io.nexus.eventstream.projection.ProjectionListener;
import io.nexus.eventstream.projection.Projector;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a test wants its engine. The store's inline projectors are not named here; the engine knows them from the store.
 *
 * @param projectors the projectors and what becomes of them when an event fails
 * @param listeners who is told
 * @param batchSize how many events a transaction handles in general
 * @param pollInterval how often to look for appends that the engine was not told of
 * @param lease how long after its last sign of life another engine may take a projection over
 * @param maxAttempts how often a failing event is tried
 * @param firstBackOff how long to wait after a first failure
 * @param mostBackOff how long to wait at most
 */
public record EngineOptions(
        Map<Projector, ErrorPolicy> projectors,
        List<ProjectionListener> listeners,
        int batchSize,
        Duration pollInterval,
        Duration lease,
        int maxAttempts,
        Duration firstBackOff,
        Duration mostBackOff) {

    /** Returns small batches, hasty retries and a lease that does not run out during a test. */
    static EngineOptions of(Projector... projectors) {
        Map<Projector, ErrorPolicy> all = new LinkedHashMap<>();
        for (Projector each : projectors) {
            all.put(each, ErrorPolicy.STOP);
        }
        return new EngineOptions(
                all,
                List.of(),
                20,
                Duration.ofMillis(20),
                Duration.ofMinutes(5),
                3,
                Duration.ofMillis(1),
                Duration.ofMillis(4));
    }

    EngineOptions parking() {
        Map<Projector, ErrorPolicy> all = new LinkedHashMap<>(projectors);
        all.replaceAll((projector, policy) -> ErrorPolicy.PARK_STREAM);
        return new EngineOptions(
                all, listeners, batchSize, pollInterval, lease, maxAttempts, firstBackOff, mostBackOff);
    }

    EngineOptions telling(ProjectionListener listener) {
        return new EngineOptions(
                projectors, List.of(listener), batchSize, pollInterval, lease, maxAttempts, firstBackOff, mostBackOff);
    }

    EngineOptions withLease(Duration newLease) {
        return new EngineOptions(
                projectors, listeners, batchSize, pollInterval, newLease, maxAttempts, firstBackOff, mostBackOff);
    }

    EngineOptions withBatchSize(int newSize) {
        return new EngineOptions(
                projectors, listeners, newSize, pollInterval, lease, maxAttempts, firstBackOff, mostBackOff);
    }
}
