package io.nexus.eventstream.core;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.EncodedEvent;
import io.nexus.eventstream.spi.HashChain;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The events of one log, committed or not, and what is found among the first of them. Not thread-safe. */
final class LoggedEvents {

    // Event n stands at index n - 1, of the log as of its stream.
    private final List<StoredEvent> events = new ArrayList<>();
    private final Map<StreamId, List<StoredEvent>> streams = new HashMap<>();
    private final Map<EventId, StoredEvent> byId = new HashMap<>();

    int size() {
        return events.size();
    }

    StoredEvent at(long position) {
        return events.get(Math.toIntExact(position - 1));
    }

    Optional<StoredEvent> find(EventId id) {
        return Optional.ofNullable(byId.get(id));
    }

    StoredEvent known(EventId id) {
        return find(id).orElseThrow(() -> new IllegalStateException("not in the log: " + id));
    }

    /** Returns whether an event that is known has this content; metadata is none. */
    boolean holds(EncodedEvent given) {
        StoredEvent stored = known(given.id());
        return given.stream().equals(stored.stream())
                && given.type().equals(stored.type())
                && Arrays.equals(given.payload(), stored.payload())
                && given.occurredAt().map(stored.occurredAt()::equals).orElse(true);
    }

    StoredEvent add(TenantId tenant, EncodedEvent given, Instant recordedAt) {
        StoredEvent unlinked = new StoredEvent(
                tenant,
                Position.of(events.size() + 1L),
                given.stream(),
                version(given.stream(), size()).next(),
                given.id(),
                given.type(),
                given.payload(),
                given.metadata(),
                given.occurredAt().orElse(recordedAt),
                recordedAt,
                EventHash.NONE);
        EventHash previous = events.isEmpty()
                ? EventHash.NONE
                : events.get(events.size() - 1).hash();
        StoredEvent event = unlinked.withHash(HashChain.link(previous, unlinked));
        add(event);
        return event;
    }

    /** Adds an event as it is. */
    void add(StoredEvent event) {
        events.add(event);
        streams.computeIfAbsent(event.stream(), key -> new ArrayList<>()).add(event);
        byId.put(event.id(), event);
    }

    /** Takes back all events but the first. */
    void truncate(int size) {
        while (events.size() > size) {
            StoredEvent newest = events.remove(events.size() - 1);
            byId.remove(newest.id());
            List<StoredEvent> stream = streams.getOrDefault(newest.stream(), List.of());
            stream.remove(stream.size() - 1);
            if (stream.isEmpty()) {
                streams.remove(newest.stream());
            }
        }
    }

    /** Returns the version of a stream among the first events. */
    EventVersion version(StreamId stream, int first) {
        return EventVersion.of(ofStream(stream, first).size());
    }

    /** Returns what a query finds among the first events. */
    List<StoredEvent> read(EventQuery query, int limit, int first) {
        List<StoredEvent> source =
                query.stream().map(stream -> ofStream(stream, first)).orElseGet(() -> events.subList(0, first));
        Stream<StoredEvent> walk = query.isBackward()
                ? Stream.iterate(source.size() - 1, i -> i >= 0, i -> i - 1).map(source::get)
                : source.subList(skipped(query, source), source.size()).stream();
        return walk.filter(event -> matches(query, event)).limit(limit).toList();
    }

    /** Returns how much of the log need not be walked by a reader that follows it. */
    private static int skipped(EventQuery query, List<StoredEvent> source) {
        long behind = query.stream().isPresent()
                ? 0
                : query.after().map(Position::value).orElse(0L);
        return (int) Math.min(behind, source.size());
    }

    private List<StoredEvent> ofStream(StreamId stream, int first) {
        List<StoredEvent> all = streams.getOrDefault(stream, List.of());
        int count = all.size();
        while (count > 0 && all.get(count - 1).position().value() > first) {
            count--;
        }
        return all.subList(0, count);
    }

    private static boolean matches(EventQuery query, StoredEvent event) {
        return query.fromVersion()
                        .map(from -> event.version().compareTo(from) >= 0)
                        .orElse(true)
                && query.upToVersion()
                        .map(upTo -> event.version().compareTo(upTo) <= 0)
                        .orElse(true)
                && query.after()
                        .map(after -> event.position().compareTo(after) > 0)
                        .orElse(true)
                && query.upTo()
                        .map(upTo -> event.position().compareTo(upTo) <= 0)
                        .orElse(true)
                && query.upToOccurredAt()
                        .map(upTo -> !event.occurredAt().isAfter(upTo))
                        .orElse(true)
                && matches(query.types(), event.type().name())
                && matches(query.categories(), event.stream().category());
    }

    private static boolean matches(Set<String> wanted, String actual) {
        return wanted.isEmpty() || wanted.contains(actual);
    }
}
