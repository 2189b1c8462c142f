package io.nexus.eventstream.projection;

import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.TenantId;

/**
 * Hears of committed events, each tenant's in the order of their positions, whoever appended them. It is called by one
 * thread of its own, one event at a time. After a crash of this process it hears of later events only; what must not miss
 * any is a {@link Projector}.
 */
@FunctionalInterface
public interface EventListener {

    /**
     * Hears of an event. What it throws is logged, and the next event follows.
     *
     * @param event the event, of whichever tenant
     */
    void on(RecordedEvent event);

    /**
     * Hears that it was too slow and that events were passed over, with {@link Overflow#SKIP_OLDEST}.
     *
     * @param tenant whose events they are
     * @param first the first of them
     * @param last the last of them
     */
    default void onSkipped(TenantId tenant, Position first, Position last) {}
}
