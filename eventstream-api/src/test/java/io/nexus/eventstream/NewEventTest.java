package io.nexus.eventstream;

import static io.nexus.eventstream.Samples.CASH;
import static io.nexus.eventstream.Samples.ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.Samples.Debited;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NewEventTest {

    private static final Debited PAYLOAD = new Debited("hunter2", BigDecimal.ONE);
    private static final Instant MOMENT = Instant.parse("2025-12-31T23:59:59.999999Z");
    private static final EventMetadata METADATA = EventMetadata.none().withUserId("u-17");

    @Test
    void aPlainEventHasANewIdAndNothingElse() {
        NewEvent one = NewEvent.of(PAYLOAD);

        assertThat(one.payload()).isSameAs(PAYLOAD);
        assertThat(one.occurredAt()).isEmpty();
        assertThat(one.metadata()).isEqualTo(EventMetadata.none());
        assertThat(one.id()).isNotEqualTo(NewEvent.of(PAYLOAD).id());
    }

    @Test
    void everyWitherKeepsTheOtherParts() {
        NewEvent event = new NewEvent(ID, PAYLOAD, Optional.of(MOMENT), METADATA);
        EventId otherId = EventId.fromName("other");
        Instant otherMoment = MOMENT.minusSeconds(1);
        EventMetadata otherMetadata = EventMetadata.none().with("a", "b");

        assertThat(event.withId(otherId)).isEqualTo(new NewEvent(otherId, PAYLOAD, Optional.of(MOMENT), METADATA));
        assertThat(event.occurredAt(otherMoment))
                .isEqualTo(new NewEvent(ID, PAYLOAD, Optional.of(otherMoment), METADATA));
        assertThat(event.withMetadata(otherMetadata))
                .isEqualTo(new NewEvent(ID, PAYLOAD, Optional.of(MOMENT), otherMetadata));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-03-31T10:00:00.123456789Z, 2026-03-31T10:00:00.123456Z",
        "2026-03-31T10:00:00.999999999Z, 2026-03-31T10:00:00.999999Z",
        "1969-12-31T23:59:59.999999999Z, 1969-12-31T23:59:59.999999Z",
        "1500-02-28T00:00:00.000000001Z, 1500-02-28T00:00:00Z",
        "0001-01-01T00:00:00Z, 0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999999Z, 9999-12-31T23:59:59.999999Z",
    })
    void businessTimeIsCutToMicrosecondsAndNeverRounded(Instant given, Instant kept) {
        assertThat(NewEvent.of(PAYLOAD).occurredAt(given).occurredAt()).contains(kept);
        assertThat(new NewEvent(ID, PAYLOAD, Optional.of(given), METADATA).occurredAt())
                .contains(kept);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0000-12-31T23:59:59.999999999Z", "+10000-01-01T00:00:00Z"})
    void businessTimeOutsideTheYearsOneTo9999IsRefused(Instant moment) {
        assertThatThrownBy(() -> NewEvent.of(PAYLOAD).occurredAt(moment))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("occurredAt is %s, it must lie in the years 1 to 9999".formatted(moment));
    }

    @Test
    void anEventInsideAnEventIsRefused() {
        assertThatThrownBy(() -> NewEvent.of(NewEvent.of(PAYLOAD)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the payload is a NewEvent already, pass it on as it is");
    }

    @Test
    @SuppressWarnings("NullAway")
    void missingPartsAreNamed() {
        assertThatThrownBy(() -> NewEvent.of(null)).hasMessage("payload");
        assertThatThrownBy(() -> NewEvent.of(PAYLOAD).withId(null)).hasMessage("id");
        assertThatThrownBy(() -> NewEvent.of(PAYLOAD).withMetadata(null)).hasMessage("metadata");
    }

    @Test
    void textShowsIdAndKindOnly() {
        NewEvent event = new NewEvent(ID, PAYLOAD, Optional.of(MOMENT), METADATA);

        assertThat(event).hasToString("NewEvent[01ARZ3NDEKTSV4RRFFQ69G5FAV, Debited]");
        assertThat(StreamAppend.of(CASH, ExpectedVersion.any(), event).toString())
                .doesNotContain("hunter2", "u-17");
    }

    @Test
    void anAppendCopiesItsEvents() {
        List<NewEvent> events = new ArrayList<>(List.of(NewEvent.of(PAYLOAD)));
        StreamAppend append = new StreamAppend(CASH, ExpectedVersion.any(), events);
        events.clear();

        assertThat(append.events()).hasSize(1);
        assertThat(append)
                .isEqualTo(StreamAppend.of(
                        CASH, ExpectedVersion.any(), append.events().get(0)));
    }

    @Test
    void anAppendMayOnlyExpect() {
        StreamAppend period = StreamAppend.expecting(CASH, ExpectedVersion.exactly(3));

        assertThat(period.events()).isEmpty();
        assertThat(period).isEqualTo(StreamAppend.of(CASH, ExpectedVersion.exactly(3)));
        assertThat(period).isNotEqualTo(StreamAppend.expecting(CASH, ExpectedVersion.exactly(4)));
    }

    @Test
    @SuppressWarnings("NullAway")
    void missingPartsOfAnAppendAreNamed() {
        assertThatThrownBy(() -> StreamAppend.of(null, ExpectedVersion.any())).hasMessage("stream");
        assertThatThrownBy(() -> StreamAppend.of(CASH, null)).hasMessage("expected");
    }
}
