package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.RecordedEvent;
import java.time.Instant;
import java.util.List;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;

/** Business times: every moment of the years 1 to 9999, to the microsecond, in any time zone. */
abstract class TimeContract extends StoreContract {

    private static final List<Instant> MOMENTS = List.of(
            Instant.parse("0001-01-01T00:00:00Z"),
            Instant.parse("0001-01-01T00:00:00.000001Z"),
            Instant.parse("1000-02-28T23:59:59.999999Z"),
            // Around the change from the Julian to the Gregorian calendar, which java.sql.Timestamp makes and
            // PostgreSQL not.
            Instant.parse("1582-10-04T12:00:00Z"),
            Instant.parse("1582-10-10T12:00:00Z"),
            Instant.parse("1582-10-15T12:00:00Z"),
            Instant.parse("1899-12-31T18:20:00.000007Z"),
            Instant.parse("1969-12-31T23:59:59.999999Z"),
            Instant.parse("1970-01-01T00:00:00Z"),
            Instant.parse("1999-12-31T23:59:59.999999Z"),
            Instant.parse("2000-01-01T00:00:00Z"),
            // An hour that does not exist in the zone of the tests, and one that comes twice.
            Instant.parse("2026-03-08T06:15:00Z"),
            Instant.parse("2026-11-01T04:15:00.123456Z"),
            Instant.parse("9999-12-31T23:59:59.999999Z"));

    TimeContract(StoreFixture fixture) {
        super(fixture);
    }

    @Test
    final void businessTimesFromYearOneToYear9999AreKept() {
        append(
                cash,
                MOMENTS.stream().map(moment -> posted("JE").occurredAt(moment)).toArray(NewEvent[]::new));
        MOMENTS.forEach(moment -> append(bank, posted("JE").occurredAt(moment)));

        assertThat(stream(cash)).extracting(RecordedEvent::occurredAt).containsExactlyElementsOf(MOMENTS);
        assertThat(stream(bank)).extracting(RecordedEvent::occurredAt).containsExactlyElementsOf(MOMENTS);
    }

    @Test
    final void everyBusinessTimeIsAnExactBound() {
        append(
                cash,
                MOMENTS.stream().map(moment -> posted("JE").occurredAt(moment)).toArray(NewEvent[]::new));

        for (int i = 0; i < MOMENTS.size(); i++) {
            assertThat(read(EventQuery.stream(cash).upToOccurredAt(MOMENTS.get(i))))
                    .as("events up to %s", MOMENTS.get(i))
                    .hasSize(i + 1);
        }
    }

    @Test
    final void nanosecondsAreCutToMicrosecondsNotRounded() {
        NewEvent single = posted("JE-1").occurredAt(Instant.parse("2025-12-31T23:59:59.999999999Z"));
        append(cash, single);
        append(
                bank,
                posted("JE-2").occurredAt(Instant.parse("2025-12-31T23:59:59.999999999Z")),
                posted("JE-3").occurredAt(Instant.parse("1969-12-31T23:59:59.999999999Z")),
                posted("JE-4").occurredAt(Instant.parse("9999-12-31T23:59:59.999999999Z")));

        assertThat(stream(cash))
                .extracting(RecordedEvent::occurredAt)
                .containsExactly(Instant.parse("2025-12-31T23:59:59.999999Z"));
        assertThat(stream(bank))
                .extracting(RecordedEvent::occurredAt)
                .containsExactly(
                        Instant.parse("2025-12-31T23:59:59.999999Z"),
                        Instant.parse("1969-12-31T23:59:59.999999Z"),
                        Instant.parse("9999-12-31T23:59:59.999999Z"));
        assertThat(read(EventQuery.stream(cash).upToOccurredAt(Instant.parse("2025-12-31T23:59:59.999999001Z"))))
                .hasSize(1);
        assertThat(append(cash, single).alreadyRecorded()).isTrue();
    }

    @Test
    final void theTimeZoneOfTheMachineDoesNotMatter() {
        TimeZone before = TimeZone.getDefault();
        Instant occurred = Instant.parse("2026-03-08T06:15:00.123456Z");
        Instant recorded = Instant.EPOCH;
        try {
            for (String zone : List.of("Asia/Kathmandu", "America/St_Johns", "Pacific/Apia", "UTC")) {
                TimeZone.setDefault(TimeZone.getTimeZone(zone));
                store = fixture.open(StoreOptions.defaults());
                AppendResult result = append(cash, posted(zone).occurredAt(occurred));
                assertThat(result.recordedAt()).as("recorded in %s", zone).isAfter(recorded);
                recorded = result.recordedAt();
                assertThat(store.head(tenant))
                        .hasValueSatisfying(
                                head -> assertThat(head.recordedAt()).isEqualTo(result.recordedAt()));
                assertThat(read(EventQuery.stream(cash).upToOccurredAt(occurred)))
                        .isNotEmpty()
                        .allSatisfy(event -> assertThat(event.occurredAt()).isEqualTo(occurred));
                assertThat(read(EventQuery.stream(cash).upToOccurredAt(occurred.minusNanos(1_000))))
                        .isEmpty();
                assertThat(store.positionAt(tenant, recorded)).isEqualTo(result.position());
            }
        } finally {
            TimeZone.setDefault(before);
        }
    }
}
