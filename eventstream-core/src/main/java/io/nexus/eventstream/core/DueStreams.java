package io.nexus.eventstream.core;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.snapshot.SnapshotRepository;
import java.time.Duration;
import java.util.List;

/**
 * Finds the streams that snapshots are due for. Those of which none could be made lately are left out, since the longest come
 * first: a thousand of them would keep all others waiting for ever. Thread-safe.
 */
final class DueStreams {

    static final int AT_ONCE = 1_000;

    private static final int MOST_PASSED_OVER = 64 * AT_ONCE;

    private final SnapshotRepository repository;
    private final Cache<Passed, Boolean> passedOver = Caffeine.newBuilder()
            .maximumSize(MOST_PASSED_OVER)
            .expireAfterWrite(Duration.ofHours(1))
            .build();

    DueStreams(SnapshotRepository repository) {
        this.repository = repository;
    }

    /** Returns the next streams to try, {@value #AT_ONCE} at most. */
    List<StreamId> find(TenantId tenant, SnapshotDuty<?> duty) {
        for (int limit = AT_ONCE; ; limit *= 2) {
            List<StreamId> due = repository.findStreamsNeedingSnapshots(
                    tenant,
                    duty.category(),
                    duty.fold().name(),
                    duty.fold().schemaVersion(),
                    duty.policy().threshold(),
                    limit);
            List<StreamId> next = due.stream()
                    .filter(stream -> passedOver.getIfPresent(Passed.of(tenant, stream, duty)) == null)
                    .limit(AT_ONCE)
                    .toList();
            if (next.size() == AT_ONCE || due.size() < limit || limit > MOST_PASSED_OVER) {
                return next;
            }
        }
    }

    void passOver(TenantId tenant, StreamId stream, SnapshotDuty<?> duty) {
        passedOver.put(Passed.of(tenant, stream, duty), true);
    }

    private record Passed(TenantId tenant, StreamId stream, String fold, int schemaVersion) {
        static Passed of(TenantId tenant, StreamId stream, SnapshotDuty<?> duty) {
            return new Passed(tenant, stream, duty.fold().name(), duty.fold().schemaVersion());
        }
    }
}
