package io.nexus.eventstream.core;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AppendedEvent;
import io.nexus.eventstream.CommitOutcomeUnknownException;
import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventIdMismatchException;
import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStreamException;
import io.nexus.eventstream.Fold;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.core.projection.BackOff;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One execution of a command: load, decide, append, again after a conflict. The ids of the events of a command that has one
 * are derived from it, so the log itself tells whether it was executed before.
 */
final class CommandRun<S> {

    private final EventStreamManager manager;
    private final StreamId stream;
    private final Fold<S> fold;
    private final Function<? super S, ? extends List<?>> decide;
    private final CommandOptions options;
    private final BackOff pauses;

    CommandRun(
            EventStreamManager manager,
            StreamId stream,
            Fold<S> fold,
            Function<? super S, ? extends List<?>> decide,
            CommandOptions options) {
        this.manager = manager;
        this.stream = stream;
        this.fold = fold;
        this.decide = decide;
        this.options = options;
        this.pauses = new BackOff(options.firstPause(), options.longestPause());
    }

    Optional<AppendResult> run() {
        for (int attempt = 1; ; attempt++) {
            LoadedState<S> loaded = manager.load(stream, fold);
            Optional<StreamAppend> append;
            try {
                append = decided(loaded);
            } catch (RuntimeException e) {
                // On the state that the first execution left, a repeated command may well be refused.
                return Optional.of(recorded().orElseThrow(() -> e));
            }
            if (append.isEmpty()) {
                return recorded();
            }
            try {
                AppendResult result = appended(append.get());
                // A repetition may decide the first of the events only, or meet them after an unknown outcome.
                return result.alreadyRecorded() ? recorded().or(() -> Optional.of(result)) : Optional.of(result);
            } catch (EventIdMismatchException e) {
                return Optional.of(recorded().orElseThrow(() -> e));
            } catch (ConcurrencyException e) {
                pauseOrThrow(attempt, e);
            }
        }
    }

    private Optional<StreamAppend> decided(LoadedState<S> loaded) {
        List<NewEvent> events = new ArrayList<>();
        for (Object decided : decide.apply(loaded.state())) {
            NewEvent event = decided instanceof NewEvent newEvent ? newEvent : NewEvent.of(decided);
            events.add(options.commandId()
                    .map(id -> event.withId(eventId(id, events.size()))
                            .withMetadata(
                                    event.metadata().orElse(EventMetadata.none().withCausationId(id))))
                    .orElse(event));
        }
        return events.isEmpty() ? Optional.empty() : Optional.of(new StreamAppend(stream, loaded.expected(), events));
    }

    /** Appends; where the outcome of a commit is not known the same append is repeated, which tells it. */
    private AppendResult appended(StreamAppend append) {
        for (int attempt = 1; ; attempt++) {
            try {
                return manager.appendAll(List.of(append));
            } catch (CommitOutcomeUnknownException e) {
                pauseOrThrow(attempt, e);
            }
        }
    }

    /** Returns what an earlier execution of this command recorded. */
    private Optional<AppendResult> recorded() {
        Optional<RecordedEvent> first = options.commandId().flatMap(id -> manager.find(stream, eventId(id, 0)));
        if (first.isEmpty()) {
            return Optional.empty();
        }
        List<AppendedEvent> events = new ArrayList<>();
        for (RecordedEvent event :
                manager.walk(EventQuery.stream(stream).fromVersion(first.get().version()))) {
            if (!event.recordedAt().equals(first.get().recordedAt())) {
                break;
            }
            if (event.part() == 0) {
                events.add(new AppendedEvent(event.id(), stream, event.version(), event.position()));
            }
        }
        return Optional.of(new AppendResult(events, first.get().recordedAt(), true));
    }

    private void pauseOrThrow(int attempt, EventStreamException failure) {
        if (attempt >= options.attempts()) {
            throw failure;
        }
        try {
            Thread.sleep(pauses.after(attempt).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure;
        }
    }

    /** Lengths stand in front, so that no other stream and command come to the same name. */
    private EventId eventId(String commandId, int index) {
        String category = stream.category();
        String aggregate = stream.aggregateId().value();
        return EventId.fromName("eventstream.command.v1/%d:%s/%d:%s/%d:%s/%d"
                .formatted(
                        category.length(),
                        category,
                        aggregate.length(),
                        aggregate,
                        commandId.length(),
                        commandId,
                        index));
    }
}
