package io.nexus.eventstream.core;

import io.nexus.eventstream.EventSerializationException;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.StoredEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All upcasters of a serializer: which apply to a stored type, and which stored types end in a given one. */
final class UpcasterChain {

    private final Map<EventType, Upcaster> byFrom = new HashMap<>();

    UpcasterChain(List<Upcaster> upcasters) {
        for (Upcaster upcaster : upcasters) {
            if (byFrom.putIfAbsent(upcaster.from(), upcaster) != null) {
                throw new IllegalArgumentException("two upcasters apply to " + upcaster.from());
            }
            if (upcaster.to().isEmpty()) {
                throw new IllegalArgumentException(
                        "the upcaster from %s names no type that it gives".formatted(upcaster.from()));
            }
        }
        byFrom.keySet().forEach(from -> refuseCircle(from, from, new HashSet<>()));
    }

    /** Returns whether events of this stored type are changed at all. */
    boolean appliesTo(EventType stored) {
        return byFrom.containsKey(stored);
    }

    List<UpcastEvent> upcast(UpcastEvent event, StoredEvent stored) {
        Upcaster upcaster = byFrom.get(event.type());
        if (upcaster == null) {
            return List.of(event);
        }
        List<UpcastEvent> finished = new ArrayList<>();
        List<UpcastEvent> given = applied(upcaster, event, stored);
        for (UpcastEvent step : given) {
            // The parts of a split may share a tree, which the next upcaster of one part may change.
            finished.addAll(upcast(given.size() == 1 ? step : step.copied(), stored));
        }
        return finished;
    }

    /** Returns the names of all types whose events may end under one of these names. */
    Set<String> storedTypes(Set<String> names) {
        Set<String> stored = new HashSet<>(names);
        boolean grown = true;
        while (grown) {
            grown = false;
            for (Upcaster upcaster : byFrom.values()) {
                if (upcaster.to().stream().anyMatch(to -> stored.contains(to.name()))) {
                    grown |= stored.add(upcaster.from().name());
                }
            }
        }
        return stored;
    }

    private static List<UpcastEvent> applied(Upcaster upcaster, UpcastEvent event, StoredEvent stored) {
        List<UpcastEvent> given;
        try {
            given = upcaster.upcast(event);
        } catch (RuntimeException e) {
            throw new EventSerializationException(
                    event.type().name(),
                    "the upcaster from %s failed on %s".formatted(event.type(), stored),
                    JsonFaults.withoutValues(e));
        }
        // An upcaster of somebody who does not check for null may give it.
        if (given == null || given.isEmpty() || !given.stream().allMatch(each -> isOneOf(upcaster.to(), each))) {
            throw new EventSerializationException(
                    event.type().name(),
                    "the upcaster from %s gave %s for %s, it must give at least one event and only the types that it declares: %s"
                            .formatted(event.type(), given, stored, upcaster.to()));
        }
        return given;
    }

    private static boolean isOneOf(Set<EventType> declared, @Nullable UpcastEvent given) {
        return given != null && declared.contains(given.type());
    }

    private void refuseCircle(EventType start, EventType at, Set<EventType> seen) {
        Upcaster upcaster = byFrom.get(at);
        if (upcaster == null || !seen.add(at)) {
            return;
        }
        for (EventType next : upcaster.to()) {
            if (next.equals(start)) {
                throw new IllegalArgumentException("upcasters lead from %s back to itself".formatted(start));
            }
            refuseCircle(start, next, seen);
        }
    }
}
