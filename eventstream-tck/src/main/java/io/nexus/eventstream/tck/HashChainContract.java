package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.HashChain;
import io.nexus.eventstream.tck.LedgerEvent.Noted;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The chain of hashes over a tenant's log, recomputed with the library's own code and with the contract's. */
abstract class HashChainContract extends StoreContract {

    HashChainContract(StoreFixture fixture) {
        super(fixture);
    }

    @Test
    final void everyEventIsTiedToAllBeforeIt() {
        append(cash, posted("JE-1"));
        append(cash, posted("JE-2").occurredAt(Instant.parse("0001-01-01T00:00:00.000001Z")), posted("JE-3"));
        append(bank, posted("JE-4").occurredAt(Instant.parse("9999-12-31T23:59:59.999999Z")));
        append(bank, posted("JE-5").occurredAt(Instant.parse("1999-12-31T23:59:59.999999Z")));
        NewEvent odd = NewEvent.of(new Noted("\u0001 \"é\" \\ \u2028 😀 \uffff", Map.of("k", "ü", "j", "")))
                .withMetadata(EventMetadata.none().withUserId("müller").with("😀", "\u0007"));
        append(StreamId.of("café/☕", "a\\b'c\"{d}"), odd);
        store.appendAll(
                tenant,
                List.of(
                        StreamAppend.of(order, ExpectedVersion.any(), posted("JE-6"), odd.withId(EventId.generate())),
                        StreamAppend.of(cash, ExpectedVersion.any(), postings(3))));

        assertThat(verifiedEvents()).isEqualTo(11);
    }

    @Test
    final void refusedAndRepeatedAppendsLeaveTheChainWhole() {
        NewEvent[] events = postings(2);
        append(cash, events);
        append(cash, events);
        refused(ConcurrencyException.class, () -> append(cash, ExpectedVersion.noStream(), posted("late")));
        append(cash, posted("JE-3"));

        assertThat(verifiedEvents()).isEqualTo(4);
    }

    @Test
    final void aLongAppendIsChainedEventByEvent() {
        append(bank, posted("before"));
        append(cash, postings(1_500));
        append(bank, posted("after"));

        assertThat(verifiedEvents()).isEqualTo(1_502);
    }

    @Test
    final void chainsOfTwoTenantsDifferFromTheFirstEventOn() {
        NewEvent event = posted("JE-1").occurredAt(Instant.parse("2026-01-01T00:00:00Z"));
        TenantId other = Fresh.tenant();
        append(cash, event);
        store.append(other, StreamAppend.of(cash, ExpectedVersion.any(), event));

        assertThat(store.head(tenant)).isPresent();
        assertThat(store.head(other).orElseThrow().hash())
                .isNotEqualTo(store.head(tenant).orElseThrow().hash());
        assertThat(verifiedEvents()).isEqualTo(1);
    }

    /** The vectors were computed by a third implementation, in another language. */
    @Test
    final void theChainOfTwoEventsWrittenByHandIsKnown() {
        StoredEvent first = new StoredEvent(
                TenantId.of("acme"),
                Position.of(1),
                StreamId.of("account", "1000"),
                EventVersion.of(1),
                EventId.of("01890a5d-ac96-774b-bcce-b302099a8057"),
                EventType.of("account-debited", 1),
                "{\"entry\":\"JE-1\",\"amount\":5000.00,\"currency\":\"MYR\"}".getBytes(StandardCharsets.UTF_8),
                "{}".getBytes(StandardCharsets.UTF_8),
                Instant.parse("2025-12-31T15:59:59.999999Z"),
                Instant.parse("2026-01-02T01:02:03.000004Z"),
                EventHash.NONE);
        StoredEvent second = new StoredEvent(
                TenantId.of("acme"),
                Position.of(2),
                StreamId.of("café", "☕ 😀"),
                EventVersion.of(7),
                EventId.of("ffffffff-ffff-ffff-ffff-fffffffffffe"),
                EventType.of("remark", 3),
                "{\"narrative\":\"0001: \\u0001 é 😀\"}".getBytes(StandardCharsets.UTF_8),
                "{\"userId\":\"müller\"}".getBytes(StandardCharsets.UTF_8),
                Instant.parse("0001-01-01T00:00:00Z"),
                Instant.parse("2026-01-02T01:02:03.000005Z"),
                EventHash.NONE);

        EventHash firstLink = HashChain.link(EventHash.NONE, first);
        EventHash secondLink = HashChain.link(firstLink, second);

        assertThat(firstLink).hasToString("dbadcdca5be4fda56afa3144bc1e6de7317d13d53190906b6d76dfe9eaebad72");
        assertThat(secondLink).hasToString("d0ddbb2313b451064a4f9385adf8dc8ebfb9f9347b964963af752dd58418837c");
        assertThat(HashChainByHand.link(new byte[32], first)).isEqualTo(firstLink.bytes());
        assertThat(HexFormat.of().formatHex(HashChainByHand.link(firstLink.bytes(), second)))
                .isEqualTo(secondLink.toString());
    }

    /** Walks the log, recomputes each link twice, and returns how many events it holds. */
    private int verifiedEvents() {
        EventHash byLibrary = EventHash.NONE;
        byte[] byHand = new byte[EventHash.LENGTH];
        int count = 0;
        for (RecordedEvent event : store.walk(tenant, EventQuery.log().pageSize(1_000))) {
            StoredEvent stored = event.stored();
            byLibrary = HashChain.link(byLibrary, stored);
            byHand = HashChainByHand.link(byHand, stored);
            assertThat(stored.hash()).as("link of %s", stored).isEqualTo(byLibrary);
            assertThat(stored.hash().bytes()).as("link of %s", stored).isEqualTo(byHand);
            count++;
        }
        EventHash head = byLibrary;
        assertThat(store.head(tenant))
                .hasValueSatisfying(newest -> assertThat(newest.hash()).isEqualTo(head));
        return count;
    }
}
