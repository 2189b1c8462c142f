package io.nexus.eventstream.core;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.NamedFold;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * States in memory. What is found here is never the answer by itself: whoever takes it reads the stream from the state's last
 * event on, which must be there with its hash. Thread-safe.
 */
final class SnapshotCache {

    private final @Nullable Cache<Key, Entry> entries;

    private final Object lock = new Object();

    /** Counts how often streams were dropped, so that what was read before is not kept after. Written under the lock. */
    private volatile long drops;

    SnapshotCache(Duration ttl, int most, Ticker ticker) {
        // Counted from the first time that a state is kept and not from the last: what a state began with is read
        // again after that time, however often it is asked for.
        entries = ttl.isZero() || most == 0
                ? null
                : Caffeine.newBuilder()
                        .maximumSize(most)
                        .expireAfter(Expiry.<Key, Entry>creating((key, entry) -> ttl))
                        .ticker(ticker)
                        .build();
    }

    /** Returns the state that was kept for this fold; the fold's name and version say which class it is of. */
    @SuppressWarnings("unchecked")
    <S> @Nullable Found<S> find(TenantId tenant, StreamId stream, NamedFold<S> fold) {
        if (entries == null) {
            return null;
        }
        Entry entry = entries.getIfPresent(Key.of(tenant, stream, fold));
        return entry == null || !fold.stateClass().isInstance(entry.folded.state())
                ? null
                : new Found<>((Folded<S>) entry.folded, entry.stored);
    }

    /** Returns what {@link #keep} is to be told of when the reading of a state began. */
    long now() {
        return drops;
    }

    /**
     * Keeps a state, unless streams were dropped since its reading began; {@code stored} is the version of the newest snapshot that is known
     * to be stored.
     */
    <S> void keep(
            long begin, TenantId tenant, StreamId stream, NamedFold<S> fold, Folded<S> folded, EventVersion stored) {
        if (entries == null) {
            return;
        }
        synchronized (lock) {
            if (drops == begin) {
                entries.put(Key.of(tenant, stream, fold), new Entry(folded, stored));
            }
        }
    }

    void drop(TenantId tenant, StreamId stream, NamedFold<?> fold) {
        if (entries != null) {
            entries.invalidate(Key.of(tenant, stream, fold));
        }
    }

    /** Drops the states of a stream by any fold. */
    void drop(TenantId tenant, StreamId stream) {
        if (entries == null) {
            return;
        }
        synchronized (lock) {
            entries.asMap()
                    .keySet()
                    .removeIf(key -> key.tenant().equals(tenant) && key.stream().equals(stream));
            // Last: whoever has found one of these began before, and does not keep what they make of it.
            drops++;
        }
    }

    record Found<S>(Folded<S> folded, EventVersion stored) {}

    private record Entry(Folded<?> folded, EventVersion stored) {}

    private record Key(TenantId tenant, StreamId stream, String fold, int schemaVersion) {
        static Key of(TenantId tenant, StreamId stream, NamedFold<?> fold) {
            return new Key(tenant, stream, fold.name(), fold.schemaVersion());
        }
    }
}
