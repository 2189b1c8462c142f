package io.nexus.eventstream.tck;

import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.tck.LedgerEvent.Counted;
import io.nexus.eventstream.tck.LedgerEvent.Posted;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Makes up appends of every kind, repetitions and mistakes included, and queries. */
final class RandomAppends {

    private static final List<StreamId> STREAMS = List.of(
            StreamId.of("account", "1"),
            StreamId.of("account", "2"),
            StreamId.of("order", "1"),
            StreamId.of("order", "2"),
            StreamId.of("period", "1"));

    private static final Instant BEGIN = Instant.parse("2025-01-01T00:00:00Z");

    private final SplittableRandom random;
    private final Model model;
    private final List<List<StreamAppend>> sent = new ArrayList<>();

    RandomAppends(SplittableRandom random, Model model) {
        this.random = random;
        this.model = model;
    }

    /** Returns the next append to send: three in five are new, the others have to do with earlier ones. */
    List<StreamAppend> next() {
        List<StreamAppend> next = sent.isEmpty() || random.nextInt(5) < 3 ? fresh() : changed(earlier());
        sent.add(next);
        return next;
    }

    private List<StreamAppend> fresh() {
        Map<StreamId, Long> written = new HashMap<>();
        Map<StreamId, ExpectedVersion> first = new HashMap<>();
        List<StreamAppend> appends = new ArrayList<>();
        int entries = 1 + random.nextInt(4);
        for (int i = 0; i < entries; i++) {
            StreamId stream = STREAMS.get(random.nextInt(STREAMS.size()));
            // Only the first mention of a stream expects what it likes, later ones agree with it.
            ExpectedVersion expected = first.containsKey(stream)
                    ? agreeing(first.get(stream), written.getOrDefault(stream, 0L))
                    : expectation(stream);
            first.putIfAbsent(stream, expected);
            int events = i == 0 ? 1 + random.nextInt(3) : random.nextInt(3);
            appends.add(new StreamAppend(stream, expected, events(events)));
            written.merge(stream, (long) events, Long::sum);
        }
        return appends;
    }

    private ExpectedVersion expectation(StreamId stream) {
        long version = model.version(stream);
        return switch (random.nextInt(10)) {
            case 0 -> ExpectedVersion.noStream();
            case 1 -> ExpectedVersion.streamExists();
            case 2 -> ExpectedVersion.exactly(version + 1);
            case 3 -> ExpectedVersion.exactly(Math.max(0, version - 1));
            case 4, 5, 6 -> ExpectedVersion.exactly(version);
            default -> ExpectedVersion.any();
        };
    }

    private ExpectedVersion agreeing(ExpectedVersion first, long written) {
        if (first instanceof ExpectedVersion.Exactly exactly && random.nextBoolean()) {
            return ExpectedVersion.exactly(exactly.version().value() + written);
        }
        return written > 0 && random.nextBoolean() ? ExpectedVersion.streamExists() : ExpectedVersion.any();
    }

    private List<NewEvent> events(int count) {
        List<NewEvent> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            NewEvent event = NewEvent.of(payload());
            events.add(random.nextInt(3) == 0 ? event.occurredAt(moment()) : event);
        }
        return events;
    }

    private Object payload() {
        return random.nextBoolean()
                ? new Counted(random.nextInt(3), random.nextInt(3))
                : new Posted("JE", BigDecimal.valueOf(random.nextInt(1_000), random.nextInt(3)));
    }

    private Instant moment() {
        return BEGIN.plus(random.nextInt(10), ChronoUnit.DAYS);
    }

    private List<StreamAppend> earlier() {
        return sent.get(random.nextInt(sent.size()));
    }

    /** Returns an earlier append as it was, or with something changed. */
    private List<StreamAppend> changed(List<StreamAppend> earlier) {
        List<StreamAppend> appends = new ArrayList<>(earlier);
        int index = random.nextInt(appends.size());
        StreamAppend one = appends.get(index);
        switch (random.nextInt(8)) {
            case 0 ->
                appends.set(index, new StreamAppend(one.stream(), ExpectedVersion.any(), withMetadata(one.events())));
            case 1 -> appends.set(index, withOneEventChanged(one));
            case 2 -> appends.add(new StreamAppend(freshStream(), ExpectedVersion.any(), events(1)));
            case 3 -> appends.add(one);
            case 4 -> appends.addAll(earlier());
            case 5 -> appends.set(index, new StreamAppend(freshStream(), ExpectedVersion.any(), one.events()));
            default -> {
                // As it was, which is what a retry does.
            }
        }
        return withoutExpectations(appends);
    }

    /** Changed appends expect nothing, so that their expectations cannot contradict each other. */
    private static List<StreamAppend> withoutExpectations(List<StreamAppend> appends) {
        return appends.stream()
                .map(append -> new StreamAppend(append.stream(), ExpectedVersion.any(), append.events()))
                .toList();
    }

    private static List<NewEvent> withMetadata(List<NewEvent> events) {
        return events.stream()
                .map(event -> event.withMetadata(EventMetadata.none().withUserId("again")))
                .toList();
    }

    private StreamAppend withOneEventChanged(StreamAppend append) {
        if (append.events().isEmpty()) {
            return append;
        }
        List<NewEvent> events = new ArrayList<>(append.events());
        int index = random.nextInt(events.size());
        NewEvent event = events.get(index);
        events.set(
                index,
                random.nextBoolean()
                        ? event.occurredAt(moment())
                        : new NewEvent(event.id(), payload(), event.occurredAt(), event.metadata()));
        return new StreamAppend(append.stream(), append.expected(), events);
    }

    private StreamId freshStream() {
        return STREAMS.get(random.nextInt(STREAMS.size()));
    }

    /** Returns a query about the model's log, any bounds and filters together. */
    EventQuery query() {
        boolean ofStream = random.nextBoolean();
        EventQuery query = ofStream ? EventQuery.stream(STREAMS.get(random.nextInt(STREAMS.size()))) : EventQuery.log();
        int size = model.log().size();
        if (ofStream && random.nextInt(3) == 0) {
            query = query.fromVersion(EventVersion.of(random.nextInt(size)));
        }
        if (ofStream && random.nextInt(3) == 0) {
            query = query.upToVersion(EventVersion.of(random.nextInt(size)));
        }
        if (random.nextInt(3) == 0) {
            query = query.after(Position.of(random.nextInt(size)));
        }
        if (random.nextInt(3) == 0) {
            query = query.upTo(Position.of(random.nextInt(size + 5)));
        }
        if (random.nextInt(3) == 0) {
            query = query.upToOccurredAt(moment());
        }
        if (random.nextInt(3) == 0) {
            query = query.upToRecordedAt(
                    model.log().get(random.nextInt(size)).recordedAt().minusNanos(random.nextInt(2) * 1_000L));
        }
        if (random.nextInt(3) == 0) {
            query = random.nextBoolean() ? query.ofTypes("posted") : query.ofTypes("posted", "counted", "unused");
        }
        if (random.nextInt(4) == 0) {
            query = random.nextBoolean() ? query.ofCategories("account") : query.ofCategories("order", "period");
        }
        return (random.nextInt(3) == 0 ? query.backward() : query).pageSize(1 + random.nextInt(20));
    }
}
