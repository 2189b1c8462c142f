package io.nexus.eventstream.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The expected links were computed from the written layout by another program, not by this class. */
class HashChainTest {

    private static final String FIRST = "88da36fa7fe3e597cb89b90b2e3b4b692cdebb481857ea5e5e4849329f25a14f";
    private static final String SECOND = "11b12c9f262b1bf089927dda32ead94c5926e2ac68c67a8a52e144e182e7c3a8";

    private static final Instant OCCURRED = Instant.parse("2025-12-31T23:59:59.999999Z");
    private static final Instant RECORDED = Instant.parse("2026-01-02T03:04:05.000006Z");
    private static final EventId ID = EventId.of("01ARZ3NDEKTSV4RRFFQ69G5FAV");
    private static final String PAYLOAD = "{\"entry\":\"JE-1\",\"amount\":5000.00,\"currency\":\"MYR\"}";

    @Test
    void theFirstLinkFollowsTheWrittenLayout() {
        StoredEvent event = event("acme", 1, "account", "1000", 1, "account-debited", 1, PAYLOAD, "{}");

        assertThat(HashChain.link(EventHash.NONE, event)).hasToString(FIRST);
    }

    @Test
    void aLinkCoversTheOneBeforeAndAllOfUnicodeAndTimesBeforeTheEpoch() {
        StoredEvent first = event("acme", 1, "account", "1000", 1, "account-debited", 1, PAYLOAD, "{}");
        StoredEvent second = new StoredEvent(
                TenantId.of("täñant-🏦"),
                Position.of(2),
                StreamId.of("lager", "a/b ñ"),
                EventVersion.of(7),
                EventId.of("7ZZZZZZZZZZZZZZZZZZZZZZZZZ"),
                EventType.of("stock-gezählt", 3),
                "{\"menge\":0.10,\"text\":\"€ 🏦\"}".getBytes(StandardCharsets.UTF_8),
                "{\"userId\":\"u-17\"}".getBytes(StandardCharsets.UTF_8),
                Instant.parse("0001-01-01T00:00:00Z"),
                Instant.parse("1999-12-31T23:59:59.999999Z"),
                EventHash.NONE);

        assertThat(HashChain.link(HashChain.link(EventHash.NONE, first), second))
                .hasToString(SECOND);
    }

    @Test
    void everyStoredValueIsCovered() {
        List<StoredEvent> events = List.of(
                event("acme", 1, "a", "1", 1, "moved", 1, "{}", "{}"),
                event("acmf", 1, "a", "1", 1, "moved", 1, "{}", "{}"),
                event("acme", 2, "a", "1", 1, "moved", 1, "{}", "{}"),
                event("acme", 1, "b", "1", 1, "moved", 1, "{}", "{}"),
                event("acme", 1, "a", "2", 1, "moved", 1, "{}", "{}"),
                event("acme", 1, "a", "1", 2, "moved", 1, "{}", "{}"),
                event("acme", 1, "a", "1", 1, "movee", 1, "{}", "{}"),
                event("acme", 1, "a", "1", 1, "moved", 2, "{}", "{}"),
                event("acme", 1, "a", "1", 1, "moved", 1, "{ }", "{}"),
                event("acme", 1, "a", "1", 1, "moved", 1, "{}", "{ }"),
                timed(EventId.fromName("other"), OCCURRED, RECORDED),
                timed(ID, OCCURRED.minusNanos(1_000), RECORDED),
                timed(ID, OCCURRED, RECORDED.plusNanos(1_000)));

        assertThat(events)
                .extracting(event -> HashChain.link(EventHash.NONE, event))
                .doesNotHaveDuplicates();
        assertThat(HashChain.link(EventHash.NONE, timed(ID, OCCURRED, RECORDED)))
                .as("the first event again")
                .isEqualTo(HashChain.link(EventHash.NONE, events.get(0)));
    }

    @Test
    void textsCannotBeShiftedFromOnePartToTheNext() {
        EventHash none = EventHash.NONE;

        assertThat(HashChain.link(none, event("acme", 1, "ab", "c", 1, "moved", 1, "{}", "{}")))
                .isNotEqualTo(HashChain.link(none, event("acme", 1, "a", "bc", 1, "moved", 1, "{}", "{}")));
    }

    @Test
    void theLinkBeforeIsCoveredAndTheEventsOwnIsNot() {
        StoredEvent event = event("acme", 1, "a", "1", 1, "moved", 1, "{}", "{}");
        EventHash other = HashChain.link(EventHash.NONE, event);

        assertThat(HashChain.link(other, event)).isNotEqualTo(HashChain.link(EventHash.NONE, event));
        assertThat(HashChain.link(EventHash.NONE, event.withHash(other)))
                .isEqualTo(HashChain.link(EventHash.NONE, event));
    }

    private static StoredEvent timed(EventId id, Instant occurred, Instant recorded) {
        StoredEvent event = event("acme", 1, "a", "1", 1, "moved", 1, "{}", "{}");
        return new StoredEvent(
                event.tenant(),
                event.position(),
                event.stream(),
                event.version(),
                id,
                event.type(),
                event.payload(),
                event.metadata(),
                occurred,
                recorded,
                event.hash());
    }

    private static StoredEvent event(
            String tenant,
            long position,
            String category,
            String aggregate,
            long version,
            String type,
            int schemaVersion,
            String payload,
            String metadata) {
        return new StoredEvent(
                TenantId.of(tenant),
                Position.of(position),
                StreamId.of(category, aggregate),
                EventVersion.of(version),
                ID,
                EventType.of(type, schemaVersion),
                payload.getBytes(StandardCharsets.UTF_8),
                metadata.getBytes(StandardCharsets.UTF_8),
                OCCURRED,
                RECORDED,
                EventHash.NONE);
    }
}
