package io.nexus.eventstream.tck;

import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.tck.LedgerEvent.Posted;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a {@link LedgerView} must contain, worked out from the log alone and with nothing of the projector's code.
 *
 * @param seen streams by positions
 * @param totals how often, how much and where last, by streams
 */
record LedgerOracle(Map<String, String> seen, Map<String, String> totals) {

    static LedgerOracle of(EventStore store, TenantId tenant) {
        return of(store, tenant, EventQuery.log());
    }

    static LedgerOracle of(EventStore store, TenantId tenant, EventQuery query) {
        Map<String, String> seen = new LinkedHashMap<>();
        Map<String, List<RecordedEvent>> streams = new LinkedHashMap<>();
        for (Optional<EventQuery> next = Optional.of(query); next.isPresent(); ) {
            EventPage page = store.read(tenant, next.get());
            for (RecordedEvent event : page.events()) {
                seen.put(Long.toString(event.position().value()), event.stream().toString());
                streams.computeIfAbsent(event.stream().toString(), stream -> new ArrayList<>())
                        .add(event);
            }
            next = page.next();
        }
        Map<String, String> totals = new LinkedHashMap<>();
        streams.forEach((stream, events) -> {
            BigDecimal sum = new BigDecimal("0.00");
            for (RecordedEvent event : events) {
                if (event.payload() instanceof Posted posted) {
                    sum = sum.add(posted.amount());
                }
            }
            long last = events.get(events.size() - 1).position().value();
            totals.put(stream, "%d %s %d".formatted(events.size(), sum.toPlainString(), last));
        });
        return new LedgerOracle(seen, totals);
    }
}
