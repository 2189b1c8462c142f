package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AppendedEvent;
import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventSerializationException;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.tck.LedgerEvent.Noted;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Appending to one stream: places, results, and everything that an event carries. */
abstract class AppendContract extends StoreContract {

    AppendContract(StoreFixture fixture) {
        super(fixture);
    }

    @Test
    final void versionsCountPerStreamAndPositionsPerTenantWithoutGaps() {
        append(cash, posted("JE-1"));
        append(bank, postings(2));
        append(cash, postings(3));
        append(bank, posted("JE-2"));

        assertThat(positions(log())).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
        assertThat(versions(log())).containsExactly(1L, 1L, 2L, 2L, 3L, 4L, 3L);
        assertThat(positions(stream(cash))).containsExactly(1L, 4L, 5L, 6L);
        assertThat(versions(stream(cash))).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    final void resultSaysWhereEachEventStands() {
        append(bank, posted("JE-1"));
        NewEvent second = posted("JE-2");
        NewEvent third = posted("JE-3");

        AppendResult result = append(cash, ExpectedVersion.noStream(), second, third);

        assertThat(result.events())
                .containsExactly(
                        new AppendedEvent(second.id(), cash, EventVersion.of(1), Position.of(2)),
                        new AppendedEvent(third.id(), cash, EventVersion.of(2), Position.of(3)));
        assertThat(result.alreadyRecorded()).isFalse();
        assertThat(result.position()).isEqualTo(Position.of(3));
        assertThat(result.version(cash)).isEqualTo(EventVersion.of(2));
        assertThat(stream(cash)).extracting(RecordedEvent::recordedAt).containsOnly(result.recordedAt());
    }

    @Test
    final void everythingThatAnEventCarriesIsReadBack() {
        Instant yearEnd = Instant.parse("2025-12-31T23:59:59.999999Z");
        EventMetadata metadata = EventMetadata.none()
                .withUserId("u-17")
                .withIpAddress("2001:db8::1")
                .withCausationId("command-4")
                .withCorrelationId("closing-2025")
                .with("batch", "");
        NewEvent given = NewEvent.of(new Noted("accrual", Map.of("period", "2025-12")))
                .occurredAt(yearEnd)
                .withMetadata(metadata);

        AppendResult result = append(cash, given);

        assertThat(stream(cash)).singleElement().satisfies(event -> {
            assertThat(event.tenant()).isEqualTo(tenant);
            assertThat(event.stream()).isEqualTo(cash);
            assertThat(event.position()).isEqualTo(Position.of(1));
            assertThat(event.version()).isEqualTo(EventVersion.first());
            assertThat(event.id()).isEqualTo(given.id());
            assertThat(event.type()).isEqualTo(EventType.of("remark", 3));
            assertThat(event.payload()).isEqualTo(given.payload());
            assertThat(event.metadata().entries()).isEqualTo(metadata.entries());
            assertThat(event.occurredAt()).isEqualTo(yearEnd);
            assertThat(event.recordedAt()).isEqualTo(result.recordedAt());
            assertThat(event.part()).isZero();
            assertThat(event.stored().type()).isEqualTo(EventType.of("remark", 3));
            assertThat(event.json()).contains("accrual");
            if (!fixture.encryptsPayloads()) {
                assertThat(event.stored().payloadJson()).isEqualTo(event.json());
            }
        });
    }

    @Test
    final void businessTimeIsTheMomentOfRecordingUnlessItIsGiven() {
        append(cash, posted("JE-1"), posted("JE-2").occurredAt(Instant.parse("2025-06-30T12:00:00Z")));

        List<RecordedEvent> events = stream(cash);

        assertThat(events).hasSize(2);
        assertThat(events.get(0).occurredAt()).isEqualTo(events.get(0).recordedAt());
        assertThat(events.get(1).occurredAt()).isEqualTo(Instant.parse("2025-06-30T12:00:00Z"));
    }

    @Test
    final void headIsTheNewestEvent() {
        append(cash, postings(2));
        AppendResult newest = append(bank, postings(3));

        RecordedEvent last = log().get(4);
        assertThat(store.head(tenant))
                .contains(new LogHead(
                        Position.of(5), newest.recordedAt(), last.stored().hash()));
    }

    @Test
    final void versionIsThatOfTheLastEventOfAStream() {
        append(cash, postings(2));
        append(bank, posted("JE-1"));
        append(cash, posted("JE-3"));

        assertThat(store.version(tenant, cash)).isEqualTo(EventVersion.of(3));
        assertThat(store.version(tenant, bank)).isEqualTo(EventVersion.of(1));
        assertThat(store.version(tenant, order)).isEqualTo(EventVersion.NONE);
    }

    @Test
    final void anEventIsFoundByItsId() {
        NewEvent wanted = posted("JE-2", "7.50");
        append(cash, posted("JE-1"), wanted, posted("JE-3"));

        assertThat(store.find(tenant, wanted.id())).hasValueSatisfying(event -> {
            assertThat(event.position()).isEqualTo(Position.of(2));
            assertThat(event.payload()).isEqualTo(wanted.payload());
        });
        assertThat(store.find(tenant, posted("never appended").id())).isEmpty();
    }

    @Test
    final void anAppendWithoutEventsIsRefused() {
        refused(IllegalArgumentException.class, () -> append(cash));
        refused(IllegalArgumentException.class, () -> store.appendAll(tenant, List.of()));
        refused(
                IllegalArgumentException.class,
                () -> store.append(tenant, StreamAppend.expecting(cash, ExpectedVersion.noStream())));
    }

    @Test
    final void anEventOfAnUnregisteredClassIsRefusedByName() {
        record Unregistered(String text) {}

        EventSerializationException refusal = refused(
                EventSerializationException.class,
                () -> append(cash, posted("JE-1"), NewEvent.of(new Unregistered("unknown to the store"))));

        assertThat(refusal)
                .hasMessageContaining(Unregistered.class.getName())
                .hasMessageNotContaining("unknown to the store");
    }
}
