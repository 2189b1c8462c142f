package io.nexus.eventstream.projection;

import io.nexus.eventstream.RecordedEvent;
import java.util.Set;

/**
 * Keeps a read model up to date from events. It is given every event of its types once in effect, in the order of their
 * positions, one at a time.
 *
 * <p>It writes through the {@link ProjectionContext} and nowhere else, so that the read model and the place up to which it
 * is complete are saved together.
 */
public interface Projector {

    /** Returns the name under which its progress is kept: not blank, at most 128 characters, never changed. */
    String name();

    /** Returns the version of the read model's shape, 1 or more; a higher one is built anew from the first event. */
    int version();

    /** Returns the types of event that it handles, after upcasting; empty for all. */
    Set<String> eventTypes();

    /**
     * Applies one event to the read model.
     *
     * @throws RuntimeException if it cannot; the event is tried again and then stops the projection, it is never skipped
     */
    void project(RecordedEvent event, ProjectionContext context);

    /** Empties the read model of the context's tenant, before it is built anew. */
    void reset(ProjectionContext context);
}
