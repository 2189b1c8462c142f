package io.nexus.eventstream.core;

import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StoreLimits;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.DecodedEvent;
import io.nexus.eventstream.spi.EventSerializer;
import io.nexus.eventstream.spi.EventStorage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Cuts what a storage reads into pages. A page of the log, read forward, ends where an append ends, so that nobody ever
 * sees a debit without its credit.
 */
final class PageReader {

    private final EventStorage storage;
    private final EventSerializer serializer;
    private final StoreLimits limits;

    PageReader(EventStorage storage, EventSerializer serializer, StoreLimits limits) {
        this.storage = storage;
        this.serializer = serializer;
        this.limits = limits;
    }

    EventPage read(TenantId tenant, EventQuery query) {
        EventQuery resolved = withMomentResolved(tenant, query);
        EventQuery stored = resolved.ofTypes(serializer.storedTypes(query.types()));
        int size = Math.min(query.pageSize().orElse(limits.pageSize()), limits.maxPageSize());

        List<StoredEvent> found = storage.read(tenant, stored, size + 1);
        if (found.size() <= size) {
            return new EventPage(decoded(found, query.types()), Optional.empty());
        }
        List<StoredEvent> page = query.stream().isEmpty() && !query.isBackward()
                ? wholeAppends(tenant, stored, found)
                : found.subList(0, size);
        return new EventPage(decoded(page, query.types()), Optional.of(after(resolved, page.get(page.size() - 1))));
    }

    List<RecordedEvent> decoded(StoredEvent stored) {
        List<DecodedEvent> decoded = serializer.decode(stored);
        if (decoded.size() == 1) {
            return List.of(new DecodedRecordedEvent(stored, decoded.get(0), 0));
        }
        List<RecordedEvent> parts = new ArrayList<>(decoded.size());
        for (DecodedEvent each : decoded) {
            parts.add(new DecodedRecordedEvent(stored, each, parts.size()));
        }
        return parts;
    }

    private EventQuery withMomentResolved(TenantId tenant, EventQuery query) {
        Optional<Instant> moment = query.upToRecordedAt();
        if (moment.isEmpty()) {
            return query;
        }
        Position position = storage.positionAt(tenant, moment.get());
        boolean lower = query.upTo().map(upTo -> upTo.isBefore(position)).orElse(false);
        return (lower ? query : query.upTo(position)).withoutRecordedMoment();
    }

    /**
     * Returns the appends of {@code found} that are certainly complete. The last event found only shows where the next
     * append begins; if all of {@code found} belongs to one append, that append is read to its end.
     */
    private List<StoredEvent> wholeAppends(TenantId tenant, EventQuery stored, List<StoredEvent> found) {
        int last = found.size() - 1;
        Instant cut = found.get(last).recordedAt();
        int end = last;
        while (end > 0 && found.get(end - 1).recordedAt().equals(cut)) {
            end--;
        }
        if (end > 0) {
            return found.subList(0, end);
        }
        List<StoredEvent> whole = new ArrayList<>(found);
        List<StoredEvent> more = found;
        while (!more.isEmpty() && more.get(more.size() - 1).recordedAt().equals(cut)) {
            more = storage.read(tenant, stored.after(whole.get(whole.size() - 1).position()), limits.maxPageSize());
            more.stream().filter(event -> event.recordedAt().equals(cut)).forEach(whole::add);
        }
        return whole;
    }

    private static EventQuery after(EventQuery query, StoredEvent last) {
        if (!query.isBackward()) {
            return query.stream().isPresent() ? query.fromVersion(last.version().next()) : query.after(last.position());
        }
        return query.stream().isPresent()
                ? query.upToVersion(EventVersion.of(last.version().value() - 1))
                : query.upTo(Position.of(last.position().value() - 1));
    }

    private List<RecordedEvent> decoded(List<StoredEvent> stored, Set<String> types) {
        List<RecordedEvent> events = new ArrayList<>(stored.size());
        for (StoredEvent each : stored) {
            for (RecordedEvent event : decoded(each)) {
                if (types.isEmpty() || types.contains(event.type().name())) {
                    events.add(event);
                }
            }
        }
        return events;
    }
}
