package io.nexus.eventstream.core;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AppendedEvent;
import io.nexus.eventstream.ClockSuspectException;
import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventIdMismatchException.Reason;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.NotFinalYetException;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.AppendCommand;
import io.nexus.eventstream.spi.AppendOutcome;
import io.nexus.eventstream.spi.EncodedEvent;
import io.nexus.eventstream.spi.EventStorage;
import io.nexus.eventstream.spi.HashChain;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The reference implementation: the rules of an append in the order in which they are written down, and nothing else. */
final class InMemoryEventStorage implements EventStorage {

    private final Clock clock;
    private final Duration clockTolerance;
    private final Map<TenantId, Log> logs = new ConcurrentHashMap<>();

    InMemoryEventStorage(Clock clock, Duration clockTolerance) {
        this.clock = clock;
        this.clockTolerance = clockTolerance;
    }

    @Override
    public void ensureTenant(TenantId tenant) {
        logs.computeIfAbsent(tenant, Log::new);
    }

    @Override
    public AppendOutcome append(TenantId tenant, AppendCommand command) {
        Log log = logs.get(tenant);
        return log == null ? new AppendOutcome.UnknownTenant() : log.append(command);
    }

    @Override
    public List<StoredEvent> read(TenantId tenant, EventQuery query, int limit) {
        Log log = logs.get(tenant);
        return log == null ? List.of() : log.read(query, limit);
    }

    @Override
    public EventVersion version(TenantId tenant, StreamId stream) {
        Log log = logs.get(tenant);
        return log == null ? EventVersion.NONE : log.version(stream);
    }

    @Override
    public Optional<LogHead> head(TenantId tenant) {
        Log log = logs.get(tenant);
        return log == null ? Optional.empty() : log.head();
    }

    @Override
    public Optional<StoredEvent> find(TenantId tenant, EventId id) {
        Log log = logs.get(tenant);
        return log == null ? Optional.empty() : log.find(id);
    }

    @Override
    public Position positionAt(TenantId tenant, Instant recordedAt) {
        return logs.getOrDefault(tenant, new Log(tenant)).positionAt(recordedAt);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    /** One tenant's log; its lane is {@link #lane}. */
    private final class Log {

        private final Object lane = new Object();
        private final TenantId tenant;

        // All guarded by lane. Event n stands at index n - 1, of the log as of its stream.
        private final List<StoredEvent> events = new ArrayList<>();
        private final Map<StreamId, List<StoredEvent>> streams = new HashMap<>();
        private final Map<EventId, StoredEvent> byId = new HashMap<>();

        // The latest moment that somebody has been told the position of. Nothing may be recorded up to it any more,
        // even if
        // the clock stands still or steps back.
        private Instant answered = Instant.MIN;

        Log(TenantId tenant) {
            this.tenant = tenant;
        }

        AppendOutcome append(AppendCommand command) {
            synchronized (lane) {
                AppendOutcome answer = judgedByIds(command.events());
                if (answer == null) {
                    answer = judgedByExpectations(command.expectations());
                }
                if (answer == null) {
                    answer = judgedByClock();
                }
                return answer == null ? recorded(command.events()) : answer;
            }
        }

        private @Nullable AppendOutcome judgedByIds(List<EncodedEvent> given) {
            List<EncodedEvent> known =
                    given.stream().filter(event -> byId.containsKey(event.id())).toList();
            if (known.isEmpty()) {
                return null;
            }
            if (known.size() < given.size()) {
                return mismatch(known.stream(), Reason.ONLY_PARTLY_RECORDED);
            }
            List<StoredEvent> first =
                    given.stream().map(event -> knownEvent(event.id())).toList();
            Instant recordedAt = first.get(0).recordedAt();
            if (!first.stream().allMatch(event -> event.recordedAt().equals(recordedAt))) {
                return mismatch(known.stream(), Reason.RECORDED_BY_DIFFERENT_APPENDS);
            }
            List<EncodedEvent> changed = given.stream()
                    .filter(event -> !sameContent(event, knownEvent(event.id())))
                    .toList();
            return changed.isEmpty()
                    ? appended(first, recordedAt, true)
                    : mismatch(changed.stream(), Reason.RECORDED_WITH_OTHER_CONTENT);
        }

        private @Nullable AppendOutcome judgedByExpectations(Map<StreamId, ExpectedVersion> expectations) {
            for (Map.Entry<StreamId, ExpectedVersion> each : expectations.entrySet()) {
                EventVersion actual = version(each.getKey());
                if (!each.getValue().isMetBy(actual)) {
                    return new AppendOutcome.Conflict(each.getKey(), actual);
                }
            }
            return null;
        }

        private @Nullable AppendOutcome judgedByClock() {
            Instant now = now();
            return now.plus(clockTolerance).isBefore(newest())
                    ? new AppendOutcome.ClockSuspect(now, newest(), ClockSuspectException.ComparedWith.NEWEST_EVENT)
                    : null;
        }

        private AppendOutcome recorded(List<EncodedEvent> given) {
            Instant taken = newest().isAfter(answered) ? newest() : answered;
            Instant now = now();
            Instant recordedAt = now.isAfter(taken) ? now : taken.plus(1, ChronoUnit.MICROS);
            List<StoredEvent> added =
                    given.stream().map(event -> add(event, recordedAt)).toList();
            return appended(added, recordedAt, false);
        }

        private StoredEvent add(EncodedEvent given, Instant recordedAt) {
            List<StoredEvent> stream = streams.computeIfAbsent(given.stream(), key -> new ArrayList<>());
            StoredEvent unlinked = new StoredEvent(
                    tenant,
                    Position.of(events.size() + 1L),
                    given.stream(),
                    EventVersion.of(stream.size() + 1L),
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
            events.add(event);
            stream.add(event);
            byId.put(event.id(), event);
            return event;
        }

        List<StoredEvent> read(EventQuery query, int limit) {
            synchronized (lane) {
                List<StoredEvent> source = query.stream()
                        .map(stream -> streams.getOrDefault(stream, List.of()))
                        .orElse(events);
                Stream<StoredEvent> found = query.isBackward()
                        ? Stream.iterate(source.size() - 1, i -> i >= 0, i -> i - 1)
                                .map(source::get)
                        : source.stream();
                return found.filter(event -> matches(query, event)).limit(limit).toList();
            }
        }

        EventVersion version(StreamId stream) {
            synchronized (lane) {
                return EventVersion.of(streams.getOrDefault(stream, List.of()).size());
            }
        }

        Optional<LogHead> head() {
            synchronized (lane) {
                if (events.isEmpty()) {
                    return Optional.empty();
                }
                StoredEvent newest = events.get(events.size() - 1);
                return Optional.of(new LogHead(newest.position(), newest.recordedAt(), newest.hash()));
            }
        }

        Optional<StoredEvent> find(EventId id) {
            synchronized (lane) {
                return Optional.ofNullable(byId.get(id));
            }
        }

        Position positionAt(Instant moment) {
            synchronized (lane) {
                if (moment.isAfter(newest())) {
                    if (moment.isAfter(now())) {
                        throw new NotFinalYetException(tenant, moment, NotFinalYetException.Reason.IN_THE_FUTURE);
                    }
                    answered = moment.isAfter(answered) ? moment : answered;
                }
                int low = 0;
                int high = events.size();
                while (low < high) {
                    int middle = (low + high) >>> 1;
                    if (events.get(middle).recordedAt().isAfter(moment)) {
                        high = middle;
                    } else {
                        low = middle + 1;
                    }
                }
                return Position.of(low);
            }
        }

        /** Returns when the newest event was recorded, {@link Instant#MIN} if there is none. */
        private Instant newest() {
            return events.isEmpty()
                    ? Instant.MIN
                    : events.get(events.size() - 1).recordedAt();
        }

        private StoredEvent knownEvent(EventId id) {
            StoredEvent event = byId.get(id);
            if (event == null) {
                throw new IllegalStateException("not in the log: " + id);
            }
            return event;
        }
    }

    private static AppendOutcome appended(List<StoredEvent> events, Instant recordedAt, boolean alreadyRecorded) {
        List<AppendedEvent> places = events.stream()
                .map(event -> new AppendedEvent(event.id(), event.stream(), event.version(), event.position()))
                .toList();
        return new AppendOutcome.Appended(new AppendResult(places, recordedAt, alreadyRecorded));
    }

    private static AppendOutcome mismatch(Stream<EncodedEvent> events, Reason reason) {
        return new AppendOutcome.IdMismatch(events.map(EncodedEvent::id).toList(), reason);
    }

    private static boolean sameContent(EncodedEvent given, StoredEvent stored) {
        return given.stream().equals(stored.stream())
                && given.type().equals(stored.type())
                && Arrays.equals(given.payload(), stored.payload())
                && given.occurredAt().map(stored.occurredAt()::equals).orElse(true);
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
