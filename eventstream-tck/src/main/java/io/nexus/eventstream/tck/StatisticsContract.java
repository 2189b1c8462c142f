package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.SnapshottingEventStore;
import io.nexus.eventstream.spi.StatisticsStorage;
import io.nexus.eventstream.statistics.StreamLengths;
import io.nexus.eventstream.statistics.StreamStatistics;
import io.nexus.eventstream.statistics.TenantStatistics;
import io.nexus.eventstream.tck.LedgerEvent.Noted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams and logs in numbers: the same that a walk over the log counts. */
abstract class StatisticsContract extends StoreContract {

    private final TenantId other = Fresh.tenant();

    private StatisticsStorage statistics;

    StatisticsContract(StoreFixture fixture) {
        super(fixture);
    }

    @BeforeEach
    final void openStatistics() {
        statistics = ((SnapshottingEventStore) store).statistics();
    }

    @Test
    final void aLogWithoutEventsHasNothingToCount() {
        assertThat(statistics.tenant(tenant))
                .isEqualTo(new TenantStatistics(Position.START, 0, 0, Position.START, 0, 0, List.of()));
        assertThat(statistics.stream(tenant, cash))
                .isEqualTo(new StreamStatistics(cash, EventVersion.NONE, 0, 0, Optional.empty(), Optional.empty()));

        store.ensureTenant(tenant);
        append(bank, postings(1));

        assertThat(statistics.stream(tenant, cash).version()).isEqualTo(EventVersion.NONE);
    }

    @Test
    final void theNumbersAreThoseOfAWalkOverTheLog() {
        Seed seed = Seed.next();
        SplittableRandom random = seed.random();
        for (int round = 0; round < 12; round++) {
            for (int i = random.nextInt(4); i >= 0; i--) {
                TenantId of = random.nextInt(3) == 0 ? other : tenant;
                store.appendAll(of, randomAppends(random));
            }
            for (TenantId of : List.of(tenant, other)) {
                List<RecordedEvent> log = new ArrayList<>();
                store.walk(of, EventQuery.log()).forEach(log::add);
                Map<StreamId, List<RecordedEvent>> streams = new HashMap<>();
                log.forEach(event -> streams.computeIfAbsent(event.stream(), key -> new ArrayList<>())
                        .add(event));

                TenantStatistics counted = statistics.tenant(of);
                assertThat(counted.head()).as("%s", seed).isEqualTo(Position.of(log.size()));
                assertThat(counted.counted()).as("%s", seed).isEqualTo(Position.of(log.size()));
                assertThat(counted.bytes()).as("%s", seed).isEqualTo(bytes(log));
                assertThat(counted.streams()).as("%s", seed).isEqualTo(streams.size());
                assertThat(counted.lengths().stream()
                                .mapToLong(StreamLengths::streams)
                                .sum())
                        .as("%s", seed)
                        .isEqualTo(streams.size());
                assertThat(counted.lengths())
                        .as("%s", seed)
                        .allSatisfy(length -> assertThat(streams.values().stream()
                                        .filter(each -> each.size() >= length.from() && each.size() <= length.to()))
                                .hasSize((int) length.streams()));
                streams.forEach((stream, events) ->
                        assertThat(statistics.stream(of, stream)).as("%s", seed).isEqualTo(counted(stream, events)));
            }
        }
    }

    @Test
    final void streamsAreCountedByTheirLengthAsTheyGrow() {
        int number = 0;
        for (int length : List.of(1, 2, 10, 11, 100, 101)) {
            append(StreamId.of("account", "" + number++), postings(length));
        }
        assertThat(statistics.tenant(tenant).lengths())
                .containsExactly(
                        new StreamLengths(1, 1, 1),
                        new StreamLengths(2, 10, 2),
                        new StreamLengths(11, 100, 2),
                        new StreamLengths(101, 1_000, 1));

        append(StreamId.of("account", "0"), postings(10));
        append(StreamId.of("account", "4"), postings(1));

        assertThat(statistics.tenant(tenant).lengths())
                .containsExactly(
                        new StreamLengths(2, 10, 2), new StreamLengths(11, 100, 2), new StreamLengths(101, 1_000, 2));
    }

    @Test
    final void whatWasRecordedInTheLastMinuteAndHourIsCounted() {
        TestClock caller = TestClock.running();
        store = fixture.open(StoreOptions.defaults().withCallerClock(caller));
        statistics = ((SnapshottingEventStore) store).statistics();
        try {
            both(caller, Duration.ofHours(-2));
            append(cash, postings(3));
            both(caller, Duration.ofMinutes(-30));
            append(bank, postings(4));
            both(caller, Duration.ZERO);

            assertThat(statistics.tenant(tenant).eventsLastMinute()).isZero();
            assertThat(statistics.tenant(tenant).eventsLastHour()).isEqualTo(4);

            append(cash, postings(5));

            assertThat(statistics.tenant(tenant).eventsLastMinute()).isEqualTo(5);
            assertThat(statistics.tenant(tenant).eventsLastHour()).isEqualTo(9);
        } finally {
            fixture.databaseClock().shift(Duration.ZERO);
        }
    }

    private void both(TestClock caller, Duration offset) {
        fixture.databaseClock().shift(offset);
        caller.shift(offset);
    }

    private List<StreamAppend> randomAppends(SplittableRandom random) {
        List<StreamAppend> appends = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            NewEvent[] events = new NewEvent[1 + random.nextInt(8)];
            for (int j = 0; j < events.length; j++) {
                events[j] = NewEvent.of(new Noted("ü".repeat(random.nextInt(20)), Map.of("tag", "\uD83D\uDE00")))
                        .withMetadata(EventMetadata.none().withUserId("u".repeat(1 + random.nextInt(9))));
            }
            StreamId stream = StreamId.of(random.nextBoolean() ? "account" : "order", "" + random.nextInt(5));
            appends.add(StreamAppend.of(stream, ExpectedVersion.any(), events));
        }
        return appends;
    }

    private static StreamStatistics counted(StreamId stream, List<RecordedEvent> events) {
        return new StreamStatistics(
                stream,
                EventVersion.of(events.size()),
                bytes(events),
                events.size(),
                Optional.of(events.get(0).recordedAt()),
                Optional.of(events.get(events.size() - 1).recordedAt()));
    }

    private static long bytes(List<RecordedEvent> events) {
        return events.stream()
                .mapToLong(event ->
                        event.stored().payload().length + event.stored().metadata().length)
                .sum();
    }
}
