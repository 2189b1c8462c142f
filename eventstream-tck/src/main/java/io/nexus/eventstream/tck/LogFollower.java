package io.nexus.eventstream.tck;

import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** Reads behind the writers of a log, from checkpoint to checkpoint, as a projection does. */
final class LogFollower {

    private LogFollower() {}

    /** Begins to read, goes on while there is writing, and then reads to the end; returns the pages that held events. */
    static CompletableFuture<List<EventPage>> follow(
            EventStore store, TenantId tenant, int pageSize, AtomicBoolean writing) {
        return Racers.begin(() -> {
            List<EventPage> seen = new ArrayList<>();
            Position checkpoint = Position.START;
            boolean last = false;
            while (true) {
                EventPage page =
                        store.read(tenant, EventQuery.log().after(checkpoint).pageSize(pageSize));
                if (!page.events().isEmpty()) {
                    seen.add(page);
                    checkpoint = page.events().get(page.events().size() - 1).position();
                } else if (last) {
                    return seen;
                } else {
                    last = !writing.get();
                }
            }
        });
    }

    static List<Long> positions(List<EventPage> pages) {
        return pages.stream()
                .flatMap(page -> page.events().stream())
                .map(event -> event.position().value())
                .toList();
    }
}
