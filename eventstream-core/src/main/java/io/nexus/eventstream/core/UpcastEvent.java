package io.nexus.eventstream.core;

import io.nexus.eventstream.EventType;
import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/**
 * An event on its way through upcasters. Numbers in the trees are exact: {@code 0.10} keeps its scale.
 *
 * @param type the type at this step
 * @param payload the payload as a JSON tree
 * @param metadata the metadata as a JSON tree of texts
 */
public record UpcastEvent(EventType type, ObjectNode payload, ObjectNode metadata) {

    /** Checks that nothing is missing. */
    public UpcastEvent {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(payload, "payload");
        Objects.requireNonNull(metadata, "metadata");
    }

    /** Returns an equal event that shares no tree with this one. */
    UpcastEvent copied() {
        return new UpcastEvent(type, payload.deepCopy(), metadata.deepCopy());
    }

    /** Returns the type without the content. */
    @Override
    public String toString() {
        return "UpcastEvent[" + type + "]";
    }
}
