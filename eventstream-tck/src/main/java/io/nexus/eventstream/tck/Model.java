package io.nexus.eventstream.tck;

import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventIdMismatchException.Reason;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What a store of one tenant must do, said once more with plain lists: an oracle that shares no code with any store. Slow and
 * simple on purpose.
 */
final class Model {

    /**
     * An event in the log.
     *
     * @param append which append recorded it, counted from 0
     * @param recordedAt as the store said
     */
    record Entry(long position, StreamId stream, long version, NewEvent event, int append, Instant recordedAt) {

        Instant occurredAt() {
            return event.occurredAt().orElse(recordedAt);
        }
    }

    /** How an append must end. */
    sealed interface Verdict {}

    /** It is recorded at the next positions. */
    record Recorded() implements Verdict {}

    /** It has been recorded by an earlier append, at these places. */
    record Repeated(List<Entry> places) implements Verdict {}

    /** One of these streams is not as expected. */
    record Conflicting(Map<StreamId, Long> versions) implements Verdict {}

    /** These ids are in the way. */
    record Mismatching(Set<EventId> ids, Reason reason) implements Verdict {}

    private final List<Entry> log = new ArrayList<>();
    private int appends;

    List<Entry> log() {
        return log;
    }

    long version(StreamId stream) {
        return log.stream().filter(entry -> entry.stream().equals(stream)).count();
    }

    Verdict judge(List<StreamAppend> given) {
        Optional<Verdict> byIds = judgedByIds(given);
        if (byIds.isPresent()) {
            return byIds.get();
        }
        Map<StreamId, Long> violated = new LinkedHashMap<>();
        Map<StreamId, Long> versions = new LinkedHashMap<>();
        for (StreamAppend each : given) {
            long version = versions.computeIfAbsent(each.stream(), this::version);
            if (!isMet(each.expected(), version)) {
                violated.put(each.stream(), version(each.stream()));
            }
            versions.put(each.stream(), version + each.events().size());
        }
        return violated.isEmpty() ? new Recorded() : new Conflicting(violated);
    }

    private static boolean isMet(ExpectedVersion expected, long version) {
        if (expected instanceof ExpectedVersion.Exactly exactly) {
            return exactly.version().value() == version;
        }
        return expected.equals(ExpectedVersion.any()) || expected.equals(ExpectedVersion.noStream()) == (version == 0);
    }

    /** Takes up an append that the store has recorded. */
    void record(List<StreamAppend> given, Instant recordedAt) {
        for (StreamAppend each : given) {
            for (NewEvent event : each.events()) {
                log.add(new Entry(
                        log.size() + 1L, each.stream(), version(each.stream()) + 1, event, appends, recordedAt));
            }
        }
        appends++;
    }

    /** Returns what a query must give, of all pages together. */
    List<Entry> read(EventQuery query) {
        List<Entry> found = new ArrayList<>();
        for (Entry entry : log) {
            if (matches(query, entry)) {
                found.add(query.isBackward() ? 0 : found.size(), entry);
            }
        }
        return found;
    }

    private Optional<Verdict> judgedByIds(List<StreamAppend> given) {
        Set<EventId> seen = new HashSet<>();
        Set<EventId> twice = new HashSet<>();
        Set<EventId> known = new HashSet<>();
        Set<EventId> changed = new HashSet<>();
        Set<Integer> byAppends = new HashSet<>();
        List<Entry> places = new ArrayList<>();
        int events = 0;
        for (StreamAppend each : given) {
            for (NewEvent event : each.events()) {
                events++;
                if (!seen.add(event.id())) {
                    twice.add(event.id());
                }
                for (Entry entry : log) {
                    if (entry.event().id().equals(event.id())) {
                        known.add(event.id());
                        byAppends.add(entry.append());
                        places.add(entry);
                        if (!sameContent(each.stream(), event, entry)) {
                            changed.add(event.id());
                        }
                    }
                }
            }
        }
        if (!twice.isEmpty()) {
            return Optional.of(new Mismatching(twice, Reason.USED_TWICE_IN_THIS_APPEND));
        }
        if (known.isEmpty()) {
            return Optional.empty();
        }
        if (known.size() < events) {
            return Optional.of(new Mismatching(known, Reason.ONLY_PARTLY_RECORDED));
        }
        if (byAppends.size() > 1) {
            return Optional.of(new Mismatching(known, Reason.RECORDED_BY_DIFFERENT_APPENDS));
        }
        return Optional.of(
                changed.isEmpty()
                        ? new Repeated(places)
                        : new Mismatching(changed, Reason.RECORDED_WITH_OTHER_CONTENT));
    }

    private static boolean sameContent(StreamId stream, NewEvent given, Entry known) {
        return stream.equals(known.stream())
                && given.payload().equals(known.event().payload())
                && (given.occurredAt().isEmpty()
                        || Objects.equals(given.occurredAt().get(), known.occurredAt()));
    }

    private static boolean matches(EventQuery query, Entry entry) {
        return query.stream().map(entry.stream()::equals).orElse(true)
                && query.fromVersion()
                        .map(from -> entry.version() >= from.value())
                        .orElse(true)
                && query.upToVersion()
                        .map(upTo -> entry.version() <= upTo.value())
                        .orElse(true)
                && query.after().map(after -> entry.position() > after.value()).orElse(true)
                && query.upTo().map(upTo -> entry.position() <= upTo.value()).orElse(true)
                && query.upToOccurredAt()
                        .map(upTo -> !entry.occurredAt().isAfter(upTo))
                        .orElse(true)
                && query.upToRecordedAt()
                        .map(upTo -> !entry.recordedAt().isAfter(upTo))
                        .orElse(true)
                && (query.types().isEmpty() || query.types().contains(typeOf(entry.event())))
                && (query.categories().isEmpty()
                        || query.categories().contains(entry.stream().category()));
    }

    private static String typeOf(NewEvent event) {
        return event.payload() instanceof LedgerEvent.Posted ? "posted" : "counted";
    }
}
