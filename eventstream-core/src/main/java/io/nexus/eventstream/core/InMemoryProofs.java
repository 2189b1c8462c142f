package io.nexus.eventstream.core;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.proof.Seal;
import io.nexus.eventstream.spi.HashChain;
import io.nexus.eventstream.spi.LogRow;
import io.nexus.eventstream.spi.ProofStorage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Rows and seals on the heap. Thread-safe. */
final class InMemoryProofs implements ProofStorage {

    private final InMemoryEventStorage storage;

    // Each list is guarded by itself.
    private final Map<TenantId, List<Seal>> seals = new ConcurrentHashMap<>();

    InMemoryProofs(InMemoryEventStorage storage) {
        this.storage = storage;
    }

    @Override
    public Optional<LogRow> newest(TenantId tenant) {
        return storage.head(tenant)
                .map(LogHead::position)
                .flatMap(storage.log(tenant)::at)
                .map(LogRow::of);
    }

    @Override
    public List<LogRow> rows(TenantId tenant, long after, long upTo, int limit) {
        EventQuery query =
                EventQuery.log().after(Position.of(Math.max(0, after))).upTo(Position.of(Math.max(0, upTo)));
        return storage.read(tenant, query, limit).stream().map(LogRow::of).toList();
    }

    @Override
    public List<Seal> seals(TenantId tenant, Position after, int limit) {
        List<Seal> all = of(tenant);
        synchronized (all) {
            return all.stream()
                    .filter(seal -> after.isBefore(seal.to()))
                    .limit(limit)
                    .toList();
        }
    }

    @Override
    public Optional<Seal> newestSeal(TenantId tenant) {
        List<Seal> all = of(tenant);
        synchronized (all) {
            return newest(all);
        }
    }

    @Override
    public boolean addSeal(Seal seal) {
        List<Seal> all = of(seal.tenant());
        synchronized (all) {
            if (newest(all).filter(newest -> !newest.to().isBefore(seal.from())).isPresent()) {
                return false;
            }
            Optional<EventHash> link = storage.log(seal.tenant()).at(seal.to()).map(StoredEvent::hash);
            requireFollows(seal, all, link);
            all.add(seal);
            return true;
        }
    }

    @Override
    public void importLog(TenantId tenant, Consumer<ImportedLog> work) {
        List<Seal> all = of(tenant);
        synchronized (all) {
            Import log = new Import(tenant);
            storage.log(tenant).imported(events -> {
                log.events = events;
                work.accept(log);
            });
            all.addAll(log.seals);
        }
    }

    private List<Seal> of(TenantId tenant) {
        return seals.computeIfAbsent(tenant, key -> new ArrayList<>());
    }

    private static Optional<Seal> newest(List<Seal> seals) {
        return seals.isEmpty() ? Optional.empty() : Optional.of(seals.get(seals.size() - 1));
    }

    private static void requireFollows(Seal seal, List<Seal> before, Optional<EventHash> link) {
        Optional<Seal> newest = newest(before);
        boolean follows =
                seal.from().equals(newest.map(Seal::to).orElse(Position.START).next())
                        && seal.linkBefore().equals(newest.map(Seal::link).orElse(EventHash.NONE))
                        && seal.previous().equals(newest.map(Seal::digest).orElse(EventHash.NONE));
        if (!follows || !link.equals(Optional.of(seal.link()))) {
            throw new IllegalArgumentException("the log does not say what the %s says".formatted(seal));
        }
    }

    /** Takes a log in. */
    private static final class Import implements ImportedLog {

        private final TenantId tenant;
        private final List<Seal> seals = new ArrayList<>();
        private LoggedEvents events = new LoggedEvents();

        Import(TenantId tenant) {
            this.tenant = tenant;
        }

        @Override
        public void addEvents(List<StoredEvent> added) {
            for (StoredEvent event : added) {
                EventHash before = events.size() == 0
                        ? EventHash.NONE
                        : events.at(events.size()).hash();
                boolean follows = event.position().value() == events.size() + 1L
                        && event.version()
                                .equals(events.version(event.stream(), events.size())
                                        .next())
                        && event.tenant().equals(tenant);
                if (!follows || !HashChain.link(before, event).equals(event.hash())) {
                    throw new IllegalArgumentException("it does not follow the events before it: " + event);
                }
                events.add(event);
            }
        }

        @Override
        public void addSeal(Seal seal) {
            boolean isThere = seal.to().value() <= events.size();
            requireFollows(
                    seal,
                    seals,
                    isThere ? Optional.of(events.at(seal.to().value()).hash()) : Optional.empty());
            seals.add(seal);
        }
    }
}
