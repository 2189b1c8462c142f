package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class TestClockTest {

    private static final Instant NINE = Instant.parse("2026-04-05T09:00:00Z");

    @Test
    void aClockStandsStillUntilItIsAdvancedOrSet() {
        TestClock clock = TestClock.at(NINE);
        assertThat(List.of(clock.instant(), clock.instant())).containsExactly(NINE, NINE);

        clock.advance(Duration.ofMinutes(90));
        assertThat(clock.instant()).isEqualTo(Instant.parse("2026-04-05T10:30:00Z"));
        clock.advance(Duration.ofMinutes(-30));
        assertThat(clock.instant()).isEqualTo(Instant.parse("2026-04-05T10:00:00Z"));
        clock.set(Instant.parse("1999-12-31T23:59:59.999999Z"));
        assertThat(clock.instant()).isEqualTo(Instant.parse("1999-12-31T23:59:59.999999Z"));
    }

    @Test
    void aShiftCountsFromWhereTheClockBegan() {
        TestClock clock = TestClock.at(NINE);
        clock.advance(Duration.ofDays(3));

        clock.shift(Duration.ofHours(1));
        assertThat(clock.instant()).isEqualTo(Instant.parse("2026-04-05T10:00:00Z"));
        clock.shift(Duration.ZERO);
        assertThat(clock.instant()).isEqualTo(NINE);
    }

    @Test
    void aRunningClockGoesOnFromWhereItIsSet() {
        TestClock clock = TestClock.running();
        assertThat(clock.instant()).isBetween(Instant.now().minusSeconds(60), Instant.now());

        clock.set(NINE);
        Instant first = clock.instant();
        Instant later = clock.instant();
        assertThat(first).isBetween(NINE, NINE.plusSeconds(60));
        assertThat(later).isAfterOrEqualTo(first);
        clock.shift(Duration.ZERO);
        assertThat(clock.instant()).isBetween(Instant.now().minusSeconds(60), Instant.now());
    }

    @Test
    void clocksOfOtherZonesShowTheSameTimeAndAreSetTogether() {
        TestClock clock = TestClock.at(NINE);
        Clock kathmandu = clock.withZone(ZoneId.of("Asia/Kathmandu"));
        clock.advance(Duration.ofHours(2));

        assertThat(clock.getZone()).isEqualTo(ZoneOffset.UTC);
        assertThat(kathmandu.getZone()).isEqualTo(ZoneId.of("Asia/Kathmandu"));
        assertThat(kathmandu.instant()).isEqualTo(Instant.parse("2026-04-05T11:00:00Z"));
        assertThat(clock).hasToString("TestClock[2026-04-05T11:00:00Z]");
    }
}
