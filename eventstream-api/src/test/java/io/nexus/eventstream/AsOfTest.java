package io.nexus.eventstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AsOfTest {

    private static final Instant MOMENT = Instant.parse("2026-03-31T10:00:00.123456789Z");
    private static final Instant CUT = Instant.parse("2026-03-31T10:00:00.123456Z");
    private static final LocalDate DAY = LocalDate.of(2026, 3, 31);
    private static final Instant END_OF_DAY = Instant.parse("2026-03-31T23:59:59.999999Z");
    private static final ZoneId KUALA_LUMPUR = ZoneId.of("Asia/Kuala_Lumpur");

    @Test
    void nowHasNoBounds() {
        assertThat(AsOf.now()).isEqualTo(new AsOf(Optional.empty(), Optional.empty(), Optional.empty()));
    }

    @Test
    void momentsAreCutToMicroseconds() {
        assertThat(AsOf.occurred(MOMENT)).isEqualTo(new AsOf(Optional.of(CUT), Optional.empty(), Optional.empty()));
        assertThat(AsOf.recorded(MOMENT)).isEqualTo(new AsOf(Optional.empty(), Optional.of(CUT), Optional.empty()));
        assertThat(AsOf.occurred(CUT).andRecorded(MOMENT))
                .isEqualTo(new AsOf(Optional.of(CUT), Optional.of(CUT), Optional.empty()));
        assertThat(AsOf.occurred(Instant.parse("1969-12-31T23:59:59.000000999Z"))
                        .occurred())
                .contains(Instant.parse("1969-12-31T23:59:59Z"));
    }

    @Test
    void aDateIsAWholeDayInUtc() {
        assertThat(AsOf.occurred(DAY)).isEqualTo(AsOf.occurred(END_OF_DAY));
        assertThat(AsOf.recorded(DAY)).isEqualTo(AsOf.recorded(END_OF_DAY));
        assertThat(AsOf.occurred(DAY).andRecorded(DAY))
                .isEqualTo(AsOf.occurred(END_OF_DAY).andRecorded(END_OF_DAY));
    }

    @Test
    void aDateInAZoneIsThatZonesDayOnBothClocks() {
        Instant end = Instant.parse("2026-03-31T15:59:59.999999Z");

        assertThat(AsOf.occurred(DAY, KUALA_LUMPUR)).isEqualTo(AsOf.occurred(end));
        assertThat(AsOf.recorded(DAY, KUALA_LUMPUR)).isEqualTo(AsOf.recorded(end));
        assertThat(AsOf.now().andRecorded(DAY, KUALA_LUMPUR)).isEqualTo(AsOf.recorded(end));
    }

    @ParameterizedTest
    @CsvSource({
        // Summer time begins in the night after the first day and ends in the night after the third.
        "2026-03-07, America/St_Johns, 2026-03-08T03:29:59.999999Z",
        "2026-03-08, America/St_Johns, 2026-03-09T02:29:59.999999Z",
        "2026-10-31, America/St_Johns, 2026-11-01T02:29:59.999999Z",
        "2026-11-01, America/St_Johns, 2026-11-02T03:29:59.999999Z",
        // Until 2011 clocks were set back there at 00:01, so that this day had two midnights.
        "2010-11-06, America/St_Johns, 2010-11-07T03:29:59.999999Z",
        "2010-11-07, America/St_Johns, 2010-11-08T03:29:59.999999Z",
        // Here it is the next day that has two midnights, and this one ends with the first.
        "2025-11-01, America/Havana, 2025-11-02T03:59:59.999999Z",
        // The next day begins at 01:00.
        "2018-11-03, America/Sao_Paulo, 2018-11-04T02:59:59.999999Z",
        // The next day was left out of the calendar.
        "2011-12-29, Pacific/Apia, 2011-12-30T09:59:59.999999Z",
        "2011-12-30, Pacific/Apia, 2011-12-30T09:59:59.999999Z",
        "1969-12-31, Asia/Kuala_Lumpur, 1969-12-31T16:29:59.999999Z",
    })
    void aDayEndsWhereItsLastMomentIs(LocalDate day, String zone, Instant end) {
        assertThat(AsOf.occurred(day, ZoneId.of(zone)).occurred()).contains(end);
    }

    @Test
    void noMomentOfADayIsLeftOutInAnyZone() {
        Instant from = Instant.parse("1950-01-01T00:00:00Z");
        Instant to = Instant.parse("2040-01-01T00:00:00Z");
        for (String name : ZoneId.getAvailableZoneIds()) {
            ZoneId zone = ZoneId.of(name);
            ZoneOffsetTransition change = zone.getRules().nextTransition(from);
            while (change != null && change.getInstant().isBefore(to)) {
                for (int days = -1; days <= 1; days++) {
                    assertWholeDay(change.getDateTimeAfter().toLocalDate().plusDays(days), zone);
                }
                change = zone.getRules().nextTransition(change.getInstant());
            }
        }
    }

    @Test
    void momentsOutsideTheYearsOneTo9999AreRefused() {
        assertThatThrownBy(() -> AsOf.occurred(Instant.MIN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the occurred moment is -1000000000-01-01T00:00:00Z, it must lie in the years 1 to 9999");
        assertThatThrownBy(() -> AsOf.occurred(DAY).andRecorded(Instant.MAX))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the recorded moment is +1000000000-12-31T23:59:59.999999999Z, it must lie in the years 1 to 9999");
        assertThat(AsOf.occurred(LocalDate.of(1, 1, 1)).occurred())
                .contains(Instant.parse("0001-01-01T23:59:59.999999Z"));
        assertThat(AsOf.occurred(LocalDate.of(9999, 12, 31)).occurred())
                .contains(Instant.parse("9999-12-31T23:59:59.999999Z"));
        assertThatThrownBy(() -> AsOf.occurred(LocalDate.of(9999, 12, 31), ZoneId.of("America/St_Johns")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the occurred moment is +10000-01-01T03:29:59.999999Z, it must lie in the years 1 to 9999");
    }

    @Test
    void daysOutsideTheYearsOneTo9999AreRefused() {
        assertThatThrownBy(() -> AsOf.occurred(LocalDate.MAX))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the day is +999999999-12-31, it must lie in the years 1 to 9999");
        assertThatThrownBy(() -> AsOf.recorded(LocalDate.of(0, 12, 31)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the day is 0000-12-31, it must lie in the years 1 to 9999");
    }

    @Test
    void aVersionStandsAlone() {
        AsOf version = AsOf.version(EventVersion.of(7));

        assertThat(version).isEqualTo(new AsOf(Optional.empty(), Optional.empty(), Optional.of(EventVersion.of(7))));
        assertThatThrownBy(() -> version.andRecorded(MOMENT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("ask for a version or for moments, not for both");
        assertThatThrownBy(() -> new AsOf(Optional.of(MOMENT), Optional.empty(), version.version()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("ask for a version or for moments, not for both");
    }

    /** The last moment is of that day or, where that day does not exist, an earlier one; every later moment is not. */
    private static void assertWholeDay(LocalDate day, ZoneId zone) {
        Instant last = AsOf.occurred(day, zone).occurred().orElseThrow();
        assertThat(last.atZone(zone).toLocalDate()).as("%s in %s", day, zone).isBeforeOrEqualTo(day);

        Instant after = last.plus(1, ChronoUnit.MICROS);
        assertThat(after.atZone(zone).toLocalDate())
                .as("after %s in %s", day, zone)
                .isAfter(day);
        ZoneOffsetTransition change = zone.getRules().nextTransition(after);
        if (change != null && change.getInstant().isBefore(after.plus(Duration.ofDays(1)))) {
            assertThat(change.getDateTimeAfter().toLocalDate())
                    .as("after %s in %s", day, zone)
                    .isAfter(day);
        }
    }
}
