package io.nexus.eventstream.core;

import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventIdMismatchException;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LimitExceededException;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StoreLimits;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.AppendCommand;
import io.nexus.eventstream.spi.EncodedEvent;
import io.nexus.eventstream.spi.EventSerializer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Turns what a caller wants appended into one command: encoded, within the limits, one expectation a stream. */
final class AppendPreparation {

    private final EventSerializer serializer;
    private final StoreLimits limits;
    private final TenantId tenant;

    AppendPreparation(EventSerializer serializer, StoreLimits limits, TenantId tenant) {
        this.serializer = serializer;
        this.limits = limits;
        this.tenant = tenant;
    }

    AppendCommand prepare(List<StreamAppend> appends) {
        int count = appends.stream().mapToInt(append -> append.events().size()).sum();
        if (count == 0) {
            throw new IllegalArgumentException("an append needs at least one event");
        }
        requireWithin("limits.max_events_per_append", "the number of events", limits.maxEventsPerAppend(), count);
        requireWithin(
                "limits.max_events_per_append",
                "the number of streams with their expectations",
                limits.maxEventsPerAppend(),
                appends.size());

        Map<StreamId, ExpectedVersion> expectations = new LinkedHashMap<>();
        Map<StreamId, Integer> eventsBefore = new HashMap<>();
        List<EncodedEvent> events = new ArrayList<>(count);
        for (StreamAppend append : appends) {
            int before = eventsBefore.getOrDefault(append.stream(), 0);
            ExpectedVersion expected = beforeThisAppend(append, before);
            expectations.merge(append.stream(), expected, (one, other) -> both(append.stream(), one, other));
            append.events().forEach(event -> events.add(encoded(append.stream(), event)));
            eventsBefore.put(append.stream(), before + append.events().size());
        }
        requireDifferentIds(events);
        return new AppendCommand(expectations, events);
    }

    private EncodedEvent encoded(StreamId stream, NewEvent event) {
        EncodedEvent encoded = serializer.encode(tenant, stream, event);
        requireWithin(
                "limits.max_payload_bytes",
                "the payload of event %s in bytes".formatted(event.id()),
                limits.maxPayloadBytes(),
                encoded.payload().length);
        requireWithin(
                "limits.max_metadata_bytes",
                "the metadata of event %s in bytes".formatted(event.id()),
                limits.maxMetadataBytes(),
                encoded.metadata().length);
        return encoded;
    }

    /** Returns what an expectation means for the stream as it is before the append, {@code before} events earlier. */
    private static ExpectedVersion beforeThisAppend(StreamAppend append, int before) {
        ExpectedVersion expected = append.expected();
        if (before == 0 || expected instanceof ExpectedVersion.Any) {
            return expected;
        }
        if (expected instanceof ExpectedVersion.StreamExists) {
            return ExpectedVersion.any();
        }
        if (expected instanceof ExpectedVersion.Exactly exactly
                && exactly.version().value() >= before) {
            return ExpectedVersion.exactly(exactly.version().value() - before);
        }
        throw contradiction(append.stream(), "%s after %d events of this append".formatted(expected, before));
    }

    /** Returns the expectation that demands both. */
    private static ExpectedVersion both(StreamId stream, ExpectedVersion one, ExpectedVersion other) {
        if (one.equals(other) || other instanceof ExpectedVersion.Any) {
            return one;
        }
        if (one instanceof ExpectedVersion.Any) {
            return other;
        }
        if (one instanceof ExpectedVersion.StreamExists && other instanceof ExpectedVersion.Exactly) {
            return other;
        }
        if (one instanceof ExpectedVersion.Exactly && other instanceof ExpectedVersion.StreamExists) {
            return one;
        }
        throw contradiction(stream, "%s and %s before this append".formatted(one, other));
    }

    private static IllegalArgumentException contradiction(StreamId stream, String what) {
        return new IllegalArgumentException(
                "the expectations of stream %s contradict each other: %s".formatted(stream, what));
    }

    private void requireDifferentIds(List<EncodedEvent> events) {
        Set<EventId> seen = new HashSet<>();
        List<EventId> twice = events.stream()
                .map(EncodedEvent::id)
                .filter(id -> !seen.add(id))
                .distinct()
                .toList();
        if (!twice.isEmpty()) {
            throw new EventIdMismatchException(
                    tenant, twice, EventIdMismatchException.Reason.USED_TWICE_IN_THIS_APPEND);
        }
    }

    private static void requireWithin(String limit, String what, int allowed, int actual) {
        if (actual > allowed) {
            throw new LimitExceededException(limit, what, allowed, actual);
        }
    }
}
