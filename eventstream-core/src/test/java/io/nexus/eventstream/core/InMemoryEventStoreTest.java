package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACCOUNT_EVENTS;
import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.CASH;
import static io.nexus.eventstream.core.Samples.MOMENT;
import static io.nexus.eventstream.core.Samples.debited;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.ClockSuspectException;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LimitExceededException;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StoreLimits;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.TenantNotFoundException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the builder sets; what a store does is the business of the contract tests. */
class InMemoryEventStoreTest {

    private final SettableClock clock = new SettableClock(MOMENT);

    @Test
    void eventsAreRecordedByTheGivenClock() {
        assertThat(append(builder().build()).recordedAt()).isEqualTo(MOMENT);
    }

    @Test
    void aClockBehindTheNewestEventIsBorneUpToTheTolerance() {
        EventStore usual = builder().build();
        EventStore patient = builder().clockTolerance(Duration.ofMinutes(10)).build();
        append(usual);
        append(patient);

        clock.set(MOMENT.minus(Duration.ofMinutes(5)));
        assertThat(append(usual).recordedAt()).isEqualTo(MOMENT.plusNanos(1_000));
        clock.set(MOMENT.minus(Duration.ofMinutes(6)));
        assertThatThrownBy(() -> append(usual)).isInstanceOf(ClockSuspectException.class);
        assertThat(append(patient).recordedAt()).isEqualTo(MOMENT.plusNanos(1_000));
    }

    @Test
    void limitsAndTenantsAreKept() {
        EventStore small =
                builder().limits(StoreLimits.defaults().withMaxPayloadBytes(1)).build();
        EventStore careful = builder().autoCreateTenants(false).build();

        assertThatThrownBy(() -> append(small)).isInstanceOf(LimitExceededException.class);
        assertThatThrownBy(() -> append(careful)).isInstanceOf(TenantNotFoundException.class);
    }

    @Test
    @SuppressWarnings("NullAway")
    void missingPartsAreNamed() {
        assertThatThrownBy(() -> InMemoryEventStore.builder(null)).hasMessage("serializer");
        assertThatThrownBy(() -> builder().limits(null)).hasMessage("limits");
        assertThatThrownBy(() -> builder().clock(null)).hasMessage("clock");
        assertThatThrownBy(() -> builder().clockTolerance(null)).hasMessage("tolerance");
    }

    private InMemoryEventStore.Builder builder() {
        return InMemoryEventStore.builder(JsonEventSerializer.of(ACCOUNT_EVENTS))
                .clock(clock);
    }

    private static AppendResult append(EventStore store) {
        return store.append(ACME, StreamAppend.of(CASH, ExpectedVersion.any(), NewEvent.of(debited("1"))));
    }
}
