package io.nexus.eventstream.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.NotFinalYetException;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.tck.TestClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** An answer about a recorded moment is final even under a clock that stands still or steps back. */
class InMemoryMomentsTest {

    record Noted(String text) {}

    private static final TenantId ACME = TenantId.of("acme");
    private static final Instant NINE = Instant.parse("2026-04-05T09:00:00Z");

    private final TestClock clock = TestClock.at(NINE);
    private final EventStore store = InMemoryEventStore.builder(JsonEventSerializer.of(EventTypes.of(Noted.class)))
            .clock(clock)
            .build();

    @Test
    void thePresentMomentIsAnsweredAndWhatIsAppendedThenIsLater() {
        append("before");
        clock.advance(Duration.ofHours(1));
        Instant ten = clock.instant();
        assertThat(store.positionAt(ACME, ten)).isEqualTo(Position.of(1));

        assertThat(append("after")).isEqualTo(ten.plusNanos(1_000));
        assertThat(store.positionAt(ACME, ten)).isEqualTo(Position.of(1));
    }

    @Test
    void anAnswerOutlivesAStepBackOfTheClock() {
        append("before");
        clock.advance(Duration.ofMinutes(2));
        Instant asked = clock.instant();
        assertThat(store.positionAt(ACME, asked)).isEqualTo(Position.of(1));
        clock.advance(Duration.ofMinutes(-1));

        assertThat(append("after")).isAfter(asked);
        assertThat(store.positionAt(ACME, asked)).isEqualTo(Position.of(1));
    }

    @Test
    void eventsThatRanAheadOfAClockStandingStillAreInThePast() {
        append("first");
        append("second");
        Instant third = append("third");

        assertThat(third).isAfter(clock.instant());
        assertThat(store.positionAt(ACME, third)).isEqualTo(Position.of(3));
        assertThatExceptionOfType(NotFinalYetException.class)
                .isThrownBy(() -> store.positionAt(ACME, third.plusNanos(1_000)));
    }

    private Instant append(String text) {
        return store.append(
                        ACME,
                        StreamAppend.of(StreamId.of("note", "1"), ExpectedVersion.any(), NewEvent.of(new Noted(text))))
                .recordedAt();
    }
}
