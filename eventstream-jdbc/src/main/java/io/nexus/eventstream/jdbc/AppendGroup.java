package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.EventId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.EncodedEvent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Appends that travel in one call and one commit, in the order in which they came. */
final class AppendGroup {

    /** Bounds of a group; a larger append travels by itself. */
    static final int MOST_EVENTS = 1_000;

    static final long MOST_BYTES = 4L << 20;

    private final boolean waiting;
    private final List<QueuedAppend> appends = new ArrayList<>();
    private final Set<TenantId> tenants = new HashSet<>();
    private final Set<EventId> ids = new HashSet<>();
    private long bytes;

    /** A group that waits for its lane is of one tenant. */
    AppendGroup(boolean waiting) {
        this.waiting = waiting;
    }

    /**
     * Takes an append along if there is room and none of its ids is on board: an append that repeats another is judged when
     * that one has been committed.
     */
    boolean takes(QueuedAppend append) {
        List<EncodedEvent> events = append.command().events();
        if (!appends.isEmpty() && (ids.size() + events.size() > MOST_EVENTS || bytes + append.bytes() > MOST_BYTES)) {
            return false;
        }
        for (EncodedEvent event : events) {
            if (ids.contains(event.id())) {
                return false;
            }
        }
        events.forEach(event -> ids.add(event.id()));
        bytes += append.bytes();
        tenants.add(append.tenant());
        appends.add(append);
        return true;
    }

    boolean isWaiting() {
        return waiting;
    }

    List<QueuedAppend> appends() {
        return appends;
    }

    Set<TenantId> tenants() {
        return tenants;
    }

    QueuedAppend first() {
        return appends.get(0);
    }
}
