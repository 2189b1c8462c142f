package io.nexus.eventstream.projection;

import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.SubjectErased;
import java.util.List;
import java.util.Set;

/**
 * Keeps a read model up to date from events. It is given every event of its types once in effect, in the order of their
 * positions.
 *
 * <p>It writes through the {@link ProjectionContext} and nowhere else, so that the read model and the place up to which it
 * is complete are saved together. A read model outside of that transaction (a search index, a cache, a mail) may be given
 * an event again after a crash; it can tell by {@link RecordedEvent#position()}, which it should keep beside what it writes.
 *
 * <p>One projector serves all tenants and is called by several threads at once, each for another tenant; it keeps no state
 * of its own.
 */
public interface Projector {

    /** Returns the name under which its progress is kept: not blank, at most 128 characters, never changed. */
    String name();

    /** Returns the version of the read model's shape, 1 or more; a higher one is built anew beside the old one. */
    int version();

    /** Returns the types of event that it handles, after upcasting; empty for all. */
    Set<String> eventTypes();

    /**
     * Applies one event to the read model.
     *
     * @throws RuntimeException if it cannot; the event is tried again and then stops the projection, it is never skipped
     */
    void project(RecordedEvent event, ProjectionContext context);

    /**
     * Applies several events in their order, which is faster where the read model can be written in batches. By default
     * one by one. If it throws, nothing of them has taken effect, and they are given again one at a time.
     *
     * @param events one or more events, whole appends
     */
    default void projectAll(List<RecordedEvent> events, ProjectionContext context) {
        for (RecordedEvent event : events) {
            project(event, context);
        }
    }

    /**
     * Forgets a person whose data was erased from the log: whatever the read model holds of it is to be deleted, in the same
     * transaction as anything else. Called for every projector, in its place among the events, when a read model is rebuilt, too;
     * possibly more than once. If it throws after all retries, the projection stops, whatever its error policy. By default nothing,
     * for read models that hold no personal data.
     */
    default void onErasure(SubjectErased erased, ProjectionContext context) {}

    /**
     * Makes sure that the tables of {@link ProjectionContext#table} exist, on PostgreSQL by {@code CREATE TABLE IF NOT
     * EXISTS}. Called before the first event of a tenant, one call at a time. By default nothing, for tables that the
     * host's migrations create.
     */
    default void prepare(ProjectionContext context) {}

    /** Empties the tables of {@link ProjectionContext#table} for the context's tenant, before they are built anew. */
    void reset(ProjectionContext context);

    /**
     * Returns the names of its tables, without the slot, so that a rebuild can compare new with old. Each needs a column
     * {@code tenant_id}. By default none, and nothing can be compared.
     */
    default Set<String> tables() {
        return Set.of();
    }

    /**
     * Returns whether the events of different streams may be applied in any order, so that a rebuild may be done by
     * several workers at once, each with the streams that fall to it. By default they may not.
     */
    default boolean isPartitionable() {
        return false;
    }
}
