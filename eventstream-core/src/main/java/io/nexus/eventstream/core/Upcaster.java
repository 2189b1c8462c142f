package io.nexus.eventstream.core;

import io.nexus.eventstream.EventType;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ObjectNode;

/**
 * Turns events of one stored type into the shape of a newer one while they are read. The stored event is never touched.
 * Several upcasters form a chain: what one gives is looked up again until nothing applies.
 *
 * <pre>{@code
 * Upcaster.of(EventType.of("account-debited", 1), EventType.of("account-debited", 2), payload -> {
 *     payload.put("currency", "MYR");
 *     return payload;
 * })
 * }</pre>
 *
 * <p>An upcaster is a pure function: called twice it must give the same, or the past would change. Thread-safe.
 */
public interface Upcaster {

    /** Returns the stored type and schema version that it applies to. */
    EventType from();

    /** Returns all types that it may give; reading by one of them then finds the older events, too. */
    Set<EventType> to();

    /**
     * Returns what the event is today: one event, or several where it is split, in order.
     *
     * @param event a copy of its own, may be changed and returned
     * @return at least one event, each of a type in {@link #to()}
     */
    List<UpcastEvent> upcast(UpcastEvent event);

    /** Returns an upcaster that changes the payload and keeps the metadata. */
    static Upcaster of(EventType from, EventType to, UnaryOperator<ObjectNode> payload) {
        Objects.requireNonNull(payload, "payload");
        return of(
                from,
                Set.of(to),
                event -> List.of(new UpcastEvent(to, payload.apply(event.payload()), event.metadata())));
    }

    /** Returns an upcaster that may change payload and metadata, and may split the event. */
    static Upcaster of(EventType from, Set<EventType> to, Function<UpcastEvent, List<UpcastEvent>> upcast) {
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(upcast, "upcast");
        Set<EventType> targets = Set.copyOf(to);
        return new Upcaster() {
            @Override
            public EventType from() {
                return from;
            }

            @Override
            public Set<EventType> to() {
                return targets;
            }

            @Override
            public List<UpcastEvent> upcast(UpcastEvent event) {
                return upcast.apply(event);
            }
        };
    }
}
