package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.Position;
import io.nexus.eventstream.projection.RebuildProgress;
import io.nexus.eventstream.projection.SlotRole;
import io.nexus.eventstream.spi.ProjectionKey;
import io.nexus.eventstream.spi.StoredProjection;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Tells how far builds have come, and wakes those who wait for a projection. Thread-safe. */
final class Progress {

    private static final long TELL_EVERY_NANOS = Duration.ofMillis(250).toNanos();

    private final EngineSettings settings;
    private final HeldProjections held;
    private final Map<ProjectionKey, Told> told = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private long moves;

    Progress(EngineSettings settings, HeldProjections held) {
        this.settings = settings;
        this.held = held;
    }

    void moved(StoredProjection projection, Position goal) {
        lock.lock();
        try {
            moves++;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
        Position checkpoint = projection.checkpoint().position();
        boolean building =
                projection.role() == SlotRole.BUILDING || checkpoint.compareTo(projection.replayUntil()) <= 0;
        if (building && projection.replayUntil().value() > 0) {
            tell(projection, Math.max(projection.replayUntil().value(), goal.value()));
        }
    }

    /** Returns how often projections of this engine have moved; to be given to {@link #await}. */
    long moves() {
        lock.lock();
        try {
            return moves;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until a projection of this engine has moved since, or for this long. Returns early if interrupted. */
    void await(long since, Duration atMost) {
        lock.lock();
        try {
            long nanos = atMost.toNanos();
            while (moves == since && nanos > 0) {
                nanos = moved.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void tell(StoredProjection projection, long total) {
        long done = projection.checkpoint().position().value();
        long now = System.nanoTime();
        Told last = told.get(projection.key());
        boolean complete = done >= total;
        if (last != null && now - last.at() < TELL_EVERY_NANOS && (last.complete() || !complete)) {
            return;
        }
        told.put(projection.key(), new Told(now, complete));
        double rate = held.positionsPerSecond(projection.key()).orElse(0);
        settings.listener()
                .onProgress(new RebuildProgress(
                        projection.key().tenant(),
                        projection.key().projection(),
                        done,
                        total,
                        rate,
                        rate == 0
                                ? Optional.empty()
                                : Optional.of(Duration.ofMillis((long) ((total - done) / rate * 1_000)))));
    }

    private record Told(long at, boolean complete) {}
}
