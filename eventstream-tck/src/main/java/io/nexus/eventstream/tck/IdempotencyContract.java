package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.tck.LedgerEvent.Noted;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Repeating an append: it is answered with its first result and written once. */
abstract class IdempotencyContract extends StoreContract {

    private static final Instant YEAR_END = Instant.parse("2025-12-31T12:00:00Z");

    IdempotencyContract(StoreFixture fixture) {
        super(fixture);
    }

    @Test
    final void aRepeatedAppendIsAnsweredWithItsFirstResult() {
        NewEvent[] events = {posted("JE-1"), posted("JE-2").occurredAt(YEAR_END)};
        append(bank, posted("before"));
        AppendResult first = append(cash, ExpectedVersion.noStream(), events);
        append(cash, posted("after"));

        AppendResult second = append(cash, ExpectedVersion.noStream(), events);

        assertThat(second).isEqualTo(asRepeated(first));
        assertThat(entries(log())).containsExactly("before", "JE-1", "JE-2", "after");
    }

    @Test
    final void aRepeatedAppendOverSeveralStreamsIsAnsweredWithItsFirstResult() {
        List<StreamAppend> appends = List.of(
                StreamAppend.of(order, ExpectedVersion.noStream(), posted("o1"), posted("o2")),
                StreamAppend.of(cash, ExpectedVersion.noStream(), posted("c1")),
                StreamAppend.of(order, ExpectedVersion.exactly(2), posted("o3")));
        AppendResult first = store.appendAll(tenant, appends);

        AppendResult second = store.appendAll(tenant, appends);

        assertThat(second).isEqualTo(asRepeated(first));
        assertThat(entries(log())).containsExactly("o1", "o2", "c1", "o3");
    }

    @Test
    final void aRepeatedAppendIsAnsweredWhateverIsExpectedNow() {
        NewEvent event = posted("JE-1");
        AppendResult first = append(cash, event);
        append(cash, postings(3));

        for (ExpectedVersion expected : List.of(
                ExpectedVersion.any(),
                ExpectedVersion.noStream(),
                ExpectedVersion.streamExists(),
                ExpectedVersion.exactly(1),
                ExpectedVersion.exactly(4),
                ExpectedVersion.exactly(99))) {
            assertThat(append(cash, expected, event))
                    .as("expecting %s", expected)
                    .isEqualTo(asRepeated(first));
        }
        AppendResult withAnotherStreamExpected = store.appendAll(
                tenant,
                List.of(
                        StreamAppend.of(cash, ExpectedVersion.any(), event),
                        StreamAppend.expecting(bank, ExpectedVersion.streamExists())));
        assertThat(withAnotherStreamExpected).isEqualTo(asRepeated(first));
        assertThat(log()).hasSize(4);
    }

    @Test
    final void metadataIsNoContent() {
        NewEvent event = posted("JE-1").withMetadata(EventMetadata.none().withUserId("first"));
        AppendResult first = append(cash, event);

        AppendResult second =
                append(cash, event.withMetadata(EventMetadata.none().withUserId("second")));
        AppendResult third = append(cash, event.withMetadata(EventMetadata.none()));

        assertThat(second).isEqualTo(asRepeated(first));
        assertThat(third).isEqualTo(asRepeated(first));
        assertThat(log())
                .singleElement()
                .satisfies(recorded -> assertThat(recorded.metadata().userId()).contains("first"));
    }

    @Test
    final void businessTimeCountsOnlyIfItIsGiven() {
        NewEvent withTime = posted("JE-1").occurredAt(YEAR_END);
        NewEvent withoutTime = posted("JE-1").withId(withTime.id());
        AppendResult first = append(cash, withTime);

        assertThat(append(cash, withTime)).isEqualTo(asRepeated(first));
        assertThat(append(cash, withoutTime)).isEqualTo(asRepeated(first));
        assertThat(append(cash, withTime.occurredAt(YEAR_END.plusNanos(999))))
                .as("a difference below a microsecond is none")
                .isEqualTo(asRepeated(first));
        assertThat(log()).extracting(RecordedEvent::occurredAt).containsExactly(YEAR_END);
    }

    @Test
    final void businessTimeThatWasNotGivenIsTheMomentOfRecordingWhenItIsRepeated() {
        NewEvent event = posted("JE-1");
        AppendResult first = append(cash, event);

        assertThat(append(cash, event)).isEqualTo(asRepeated(first));
        assertThat(append(cash, event.occurredAt(first.recordedAt()))).isEqualTo(asRepeated(first));
        assertThat(log()).hasSize(1);
    }

    @Test
    final void aPartOfAnAppendIsAnsweredWithThePlacesOfThatPart() {
        NewEvent one = posted("JE-1");
        NewEvent two = posted("JE-2");
        NewEvent three = posted("JE-3");
        AppendResult first = append(cash, one, two, three);

        AppendResult part = append(cash, three, one);

        assertThat(part.alreadyRecorded()).isTrue();
        assertThat(part.recordedAt()).isEqualTo(first.recordedAt());
        assertThat(part.events())
                .containsExactly(first.events().get(2), first.events().get(0));
        assertThat(log()).hasSize(3);
    }

    @Test
    final void equalFactsUnderDifferentIdsAreDifferentEvents() {
        append(cash, posted("JE-1"));
        append(cash, posted("JE-1"));

        assertThat(entries(stream(cash))).containsExactly("JE-1", "JE-1");
    }

    @Test
    final void idsAreKnownPerTenant() {
        TenantId other = Fresh.tenant();
        NewEvent event = posted("JE-1");
        append(cash, event);

        AppendResult result = store.append(other, StreamAppend.of(cash, ExpectedVersion.noStream(), event));

        assertThat(result.alreadyRecorded()).isFalse();
        assertThat(result.position().value()).isEqualTo(1);
        assertThat(store.find(other, event.id())).isPresent();
        assertThat(log()).hasSize(1);
    }

    @Test
    final void everyKindOfEventIsRecognisedAgain() {
        NewEvent noted = NewEvent.of(new Noted("é, \u0001, \u2028 and 😀", Map.of("b", "2", "a", "1", "c", "\"\\/")));
        NewEvent amount = posted("JE-1", "-0.00");
        AppendResult first = append(cash, noted, amount);

        assertThat(append(cash, noted, amount)).isEqualTo(asRepeated(first));
        assertThat(log()).hasSize(2);
    }

    private static AppendResult asRepeated(AppendResult first) {
        assertThat(first.alreadyRecorded()).isFalse();
        return new AppendResult(first.events(), first.recordedAt(), true);
    }
}
