package io.nexus.eventstream.privacy;

import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Keys on the heap, for tests: what was encrypted with them cannot be read by another process. Thread-safe. */
public final class InMemorySubjectKeyStore implements SubjectKeyStore {

    private static final Comparator<StoredKey> BY_MASTER_KEY = Comparator.comparing(InMemorySubjectKeyStore::masterKey)
            .thenComparing(key -> key.tenant().value())
            .thenComparing(key -> key.id().toString());

    private static final Comparator<StreamId> ORDER = Comparator.comparing(StreamId::category)
            .thenComparing(stream -> stream.aggregateId().value());

    private final Object lock = new Object();
    private final Clock clock = Clock.systemUTC();

    // All guarded by lock.
    private final Map<UUID, StoredKey> keys = new LinkedHashMap<>();
    private final Map<UUID, Set<StreamId>> streams = new HashMap<>();
    private final Set<UUID> retired = new HashSet<>();
    private @Nullable String hiding;

    /** Creates an empty one. */
    public InMemorySubjectKeyStore() {}

    @Override
    public Optional<StoredKey> current(TenantId tenant, String subject) {
        return first(
                key -> key.tenant().equals(tenant) && key.subject().equals(subject) && !retired.contains(key.id()));
    }

    @Override
    public StoredKey add(StoredKey key) {
        synchronized (lock) {
            return current(key.tenant(), key.subject()).orElseGet(() -> {
                keys.put(key.id(), key);
                return key;
            });
        }
    }

    @Override
    public void addDestroyed(StoredKey key) {
        synchronized (lock) {
            boolean hasPresent = current(key.tenant(), key.subject()).isPresent();
            if (keys.putIfAbsent(key.id(), key) == null && hasPresent) {
                retired.add(key.id());
            }
        }
    }

    @Override
    public Optional<StoredKey> find(TenantId tenant, UUID key) {
        return first(each -> each.tenant().equals(tenant) && each.id().equals(key));
    }

    @Override
    public boolean note(TenantId tenant, UUID key, StreamId stream) {
        synchronized (lock) {
            boolean usable = find(tenant, key).flatMap(StoredKey::wrapped).isPresent();
            if (usable) {
                streams.computeIfAbsent(key, each -> new TreeSet<>(ORDER)).add(stream);
            }
            return usable;
        }
    }

    @Override
    public List<StreamId> streams(TenantId tenant, UUID key, Optional<StreamId> after, int limit) {
        synchronized (lock) {
            return find(tenant, key).isEmpty()
                    ? List.of()
                    : streams.getOrDefault(key, Set.of()).stream()
                            .filter(each -> after.isEmpty() || ORDER.compare(each, after.get()) > 0)
                            .limit(limit)
                            .toList();
        }
    }

    @Override
    public List<StoredKey> keysIn(TenantId tenant, StreamId stream, int limit) {
        return all(
                key -> key.tenant().equals(tenant)
                        && streams.getOrDefault(key.id(), Set.of()).contains(stream),
                limit);
    }

    @Override
    public StoredKey destroy(TenantId tenant, UUID key, String reason) {
        synchronized (lock) {
            StoredKey known = find(tenant, key).orElseThrow();
            if (known.erasure().isPresent()) {
                return known;
            }
            return put(known, new StoredKey.Erased(clock.instant().truncatedTo(ChronoUnit.MICROS), reason, false));
        }
    }

    @Override
    public void finish(TenantId tenant, UUID key) {
        synchronized (lock) {
            find(tenant, key)
                    .ifPresent(known -> known.erasure()
                            .ifPresent(erased -> put(known, new StoredKey.Erased(erased.at(), erased.reason(), true))));
        }
    }

    @Override
    public List<StoredKey> unfinished(TenantId tenant, int limit) {
        return all(
                key -> key.tenant().equals(tenant)
                        && key.erasure().filter(erased -> !erased.finished()).isPresent(),
                limit);
    }

    @Override
    public boolean retire(TenantId tenant, String subject) {
        synchronized (lock) {
            Optional<StoredKey> erased =
                    current(tenant, subject).filter(key -> key.erasure().isPresent());
            erased.ifPresent(key -> retired.add(key.id()));
            return erased.isPresent();
        }
    }

    @Override
    public List<StoredKey> wrappedByOthersThan(String masterKey, Optional<StoredKey> after, int limit) {
        return all(
                        key -> key.wrapped().isPresent()
                                && !masterKey(key).equals(masterKey)
                                && (after.isEmpty() || BY_MASTER_KEY.compare(key, after.get()) > 0),
                        Integer.MAX_VALUE)
                .stream()
                .sorted(BY_MASTER_KEY)
                .limit(limit)
                .toList();
    }

    @Override
    public Map<String, Long> masterKeys() {
        Map<String, Long> counts = new TreeMap<>();
        all(key -> key.wrapped().isPresent(), Integer.MAX_VALUE)
                .forEach(key -> counts.merge(masterKey(key), 1L, Long::sum));
        return counts;
    }

    @Override
    public boolean rewrap(StoredKey before, StoredKey.Wrapped wrapped) {
        synchronized (lock) {
            Optional<StoredKey> known = find(before.tenant(), before.id())
                    .filter(key -> key.wrapped()
                            .map(StoredKey.Wrapped::masterKey)
                            .equals(before.wrapped().map(StoredKey.Wrapped::masterKey)));
            known.ifPresent(key -> keys.put(key.id(), key.withWrapped(wrapped)));
            return known.isPresent();
        }
    }

    @Override
    public String hiding(String fingerprint) {
        synchronized (lock) {
            if (hiding == null) {
                hiding = fingerprint;
            }
            return hiding;
        }
    }

    private static String masterKey(StoredKey key) {
        return key.wrapped().map(StoredKey.Wrapped::masterKey).orElse("");
    }

    private StoredKey put(StoredKey known, StoredKey.Erased erased) {
        StoredKey changed =
                new StoredKey(known.tenant(), known.id(), known.subject(), Optional.empty(), Optional.of(erased));
        keys.put(changed.id(), changed);
        return changed;
    }

    private Optional<StoredKey> first(Predicate<StoredKey> which) {
        return all(which, 1).stream().findFirst();
    }

    private List<StoredKey> all(Predicate<StoredKey> which, int limit) {
        synchronized (lock) {
            List<StoredKey> found = new ArrayList<>();
            for (StoredKey key : keys.values()) {
                if (found.size() < limit && which.test(key)) {
                    found.add(key);
                }
            }
            return found;
        }
    }
}
