package io.nexus.eventstream.tck;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What came of the {@code when} of a {@link Scenario}. Every method compares and returns the same outcome, so that they can be
 * chained. An error that nobody asked for by {@link #thenError} fails every other comparison.
 *
 * @param <S> the state that was decided on
 */
public final class Outcome<S> {

    private final Scenario<S> scenario;
    private final List<RecordedEvent> recorded;
    private final @Nullable RuntimeException error;
    private boolean errorIsExpected;

    Outcome(Scenario<S> scenario, Position before, @Nullable RuntimeException error) {
        this.scenario = scenario;
        this.recorded = scenario.recordedAfter(before);
        this.error = error;
    }

    /**
     * Fails unless exactly these events were recorded, in this order and whichever the streams. A record is compared with the
     * payload; a {@link NewEvent} also by business time and metadata, if it has them.
     */
    public Outcome<S> thenEvents(Object... expected) {
        requireNoOtherError();
        requireEqual("", Arrays.asList(expected), recorded);
        return this;
    }

    /** Fails unless exactly these events were recorded in one stream, in this order, whatever was in others. */
    public Outcome<S> thenEventsIn(StreamId stream, Object... expected) {
        requireNoOtherError();
        requireEqual(
                " in " + stream,
                Arrays.asList(expected),
                recorded.stream().filter(event -> event.stream().equals(stream)).toList());
        return this;
    }

    /** Fails if any event was recorded. */
    public Outcome<S> thenNoEvents() {
        return thenEvents();
    }

    /** Fails unless the stream's state is equal to this one. */
    public Outcome<S> thenState(S expected) {
        requireNoOtherError();
        requireEqual("state", expected, scenario.state(Function.identity()));
        return this;
    }

    /** Fails if the check of the stream's state does, for states that are compared by one of their parts. */
    public Outcome<S> thenStateSatisfies(Consumer<? super S> check) {
        requireNoOtherError();
        check.accept(scenario.state(Function.identity()));
        return this;
    }

    /** Fails unless the stream's state as of a moment, on either clock or on both, is equal to this one. */
    public Outcome<S> thenStateAt(AsOf asOf, S expected) {
        requireNoOtherError();
        requireEqual("state as of " + asOf, expected, scenario.state(query -> query.asOf(asOf)));
        return this;
    }

    /** Fails unless this kind of error was thrown. What was recorded before it is another question: {@link #thenNoEvents}. */
    public Outcome<S> thenError(Class<? extends RuntimeException> expected) {
        return thenError(expected, "");
    }

    /** Fails unless this kind of error was thrown and these words are in its message. */
    public Outcome<S> thenError(Class<? extends RuntimeException> expected, String words) {
        RuntimeException thrown = error;
        if (thrown == null) {
            throw new AssertionError("%s was expected, but nothing was thrown; recorded %s"
                    .formatted(expected.getName(), numbered(lines(recorded, event -> shown(event, true, true)), -1)));
        }
        if (!expected.isInstance(thrown)) {
            throw new AssertionError("%s was expected, but %s".formatted(expected.getName(), thrownBy(thrown)), thrown);
        }
        if (!Objects.requireNonNullElse(thrown.getMessage(), "").contains(words)) {
            throw new AssertionError(
                    "another message of %s%n  expected to contain  %s%n  actual               %s"
                            .formatted(expected.getName(), words, thrown.getMessage()),
                    thrown);
        }
        errorIsExpected = true;
        return this;
    }

    static List<RecordedEvent> listed(Iterable<RecordedEvent> events) {
        List<RecordedEvent> all = new ArrayList<>();
        events.forEach(all::add);
        return List.copyOf(all);
    }

    private void requireNoOtherError() {
        if (error != null && !errorIsExpected) {
            throw new AssertionError("no error was expected, but " + thrownBy(error), error);
        }
    }

    private static String thrownBy(RuntimeException thrown) {
        return "%s was thrown: %s".formatted(thrown.getClass().getName(), thrown.getMessage());
    }

    private static void requireEqual(String what, @Nullable Object expected, @Nullable Object actual) {
        if (!Objects.equals(expected, actual)) {
            throw new AssertionError(
                    "another %s than expected%n  expected  %s%n  actual    %s".formatted(what, expected, actual));
        }
    }

    private static void requireEqual(String where, List<?> expected, List<RecordedEvent> actual) {
        int first = 0;
        while (first < expected.size() && first < actual.size() && isEqual(expected.get(first), actual.get(first))) {
            first++;
        }
        if (first == expected.size() && first == actual.size()) {
            return;
        }
        boolean withTimes = expected.stream()
                .anyMatch(event ->
                        event instanceof NewEvent asNew && asNew.occurredAt().isPresent());
        boolean withMetadata = expected.stream()
                .anyMatch(event -> event instanceof NewEvent asNew
                        && !asNew.metadata().entries().isEmpty());
        throw new AssertionError("other events%s than expected, > marks where they part%nexpected %s%nrecorded %s"
                .formatted(
                        where,
                        numbered(lines(expected, Outcome::shown), first),
                        numbered(lines(actual, event -> shown(event, withTimes, withMetadata)), first)));
    }

    private static boolean isEqual(Object expected, RecordedEvent actual) {
        if (expected instanceof NewEvent event) {
            return event.payload().equals(actual.payload())
                    && event.occurredAt().map(actual.occurredAt()::equals).orElse(true)
                    && (event.metadata().entries().isEmpty() || event.metadata().equals(actual.metadata()));
        }
        return expected.equals(actual.payload());
    }

    private static <T> List<String> lines(List<T> events, Function<T, String> line) {
        return events.stream().map(line).toList();
    }

    private static String shown(Object expected) {
        if (expected instanceof NewEvent event) {
            return event.payload()
                    + event.occurredAt().map(at -> ", occurred at " + at).orElse("")
                    + (event.metadata().entries().isEmpty()
                            ? ""
                            : ", metadata " + event.metadata().entries());
        }
        return expected.toString();
    }

    private static String shown(RecordedEvent event, boolean withTime, boolean withMetadata) {
        return event.payload()
                + (withTime ? ", occurred at " + event.occurredAt() : "")
                + (withMetadata ? ", metadata " + event.metadata().entries() : "")
                + ", in " + event.stream();
    }

    /** Returns how many lines there are, and each with its number; the one at an index is marked. */
    private static String numbered(List<String> lines, int marked) {
        if (lines.isEmpty()) {
            return "nothing";
        }
        StringBuilder text = new StringBuilder(lines.size() == 1 ? "1 event:" : lines.size() + " events:");
        for (int i = 0; i < lines.size(); i++) {
            text.append("%n%s %d  %s".formatted(i == marked ? "  >" : "   ", i + 1, lines.get(i)));
        }
        return text.toString();
    }
}
