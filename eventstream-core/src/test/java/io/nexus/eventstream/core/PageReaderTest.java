package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACCOUNT_EVENTS;
import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.CASH;
import static io.nexus.eventstream.core.Samples.debited;
import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StoreLimits;
import io.nexus.eventstream.StreamAppend;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PageReaderTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final SettableClock clock = new SettableClock(START);
    private final WatchedStorage storage = new WatchedStorage(clock);
    private final SerializingEventStore store = store(StoreLimits.defaults());

    @Test
    void aPageOfTheLogEndsWhereAnAppendEnds() {
        appends(2, 3, 1);

        EventPage first = store.read(ACME, EventQuery.log().pageSize(3));
        assertThat(positions(first)).containsExactly(1L, 2L);
        assertThat(first.next()).get().hasToString("log, after position 2, in pages of 3");

        EventPage second = store.read(ACME, first.next().orElseThrow());
        assertThat(positions(second)).containsExactly(3L, 4L, 5L);
        assertThat(second.next()).get().hasToString("log, after position 5, in pages of 3");

        EventPage third = store.read(ACME, second.next().orElseThrow());
        assertThat(positions(third)).containsExactly(6L);
        assertThat(third.next()).isEmpty();
        assertThat(storage.calls)
                .containsExactly(
                        "read 4 of log, in pages of 3",
                        "read 4 of log, after position 2, in pages of 3",
                        "read 4 of log, after position 5, in pages of 3");
    }

    @Test
    void anAppendLargerThanAPageIsReadToItsEnd() {
        SerializingEventStore small = store(StoreLimits.defaults().withPageSize(2, 4));
        appends(1, 11, 2);

        EventPage first = small.read(ACME, EventQuery.log());
        EventPage second = small.read(ACME, first.next().orElseThrow());

        assertThat(positions(first)).containsExactly(1L);
        assertThat(positions(second))
                .isEqualTo(LongStream.rangeClosed(2, 12).boxed().toList());
        assertThat(second.next()).get().hasToString("log, after position 12");
        assertThat(storage.calls)
                .containsExactly(
                        "read 3 of log",
                        "read 3 of log, after position 1",
                        "read 4 of log, after position 4",
                        "read 4 of log, after position 8",
                        "read 4 of log, after position 12");
    }

    @Test
    void aLargeAppendAtTheEndOfTheLogIsReadToItsEnd() {
        SerializingEventStore small = store(StoreLimits.defaults().withPageSize(2, 4));
        appends(7);

        EventPage page = small.read(ACME, EventQuery.log());

        assertThat(positions(page))
                .isEqualTo(LongStream.rangeClosed(1, 7).boxed().toList());
        assertThat(small.read(ACME, page.next().orElseThrow())).isEqualTo(new EventPage(List.of(), Optional.empty()));
    }

    @Test
    void aPageThatHoldsEverythingIsTheLast() {
        appends(2, 1);

        assertThat(store.read(ACME, EventQuery.log().pageSize(3)).next()).isEmpty();
        assertThat(store.read(ACME, EventQuery.log().pageSize(3)).events()).hasSize(3);
    }

    @Test
    void noPageEverPartsAnAppendWhateverTheSizes() {
        long seed = 20261123;
        Random random = new Random(seed);
        List<Integer> sizes = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            sizes.add(1 + random.nextInt(random.nextInt(10) == 0 ? 30 : 4));
        }
        appends(sizes.stream().mapToInt(Integer::intValue).toArray());
        for (int size = 1; size <= 40; size++) {
            SerializingEventStore small =
                    store(StoreLimits.defaults().withPageSize(size, 1 + random.nextInt(40) + size));
            List<Long> read = new ArrayList<>();
            Optional<EventQuery> next = Optional.of(EventQuery.log());
            while (next.isPresent()) {
                EventPage page = small.read(ACME, next.get());
                read.addAll(positions(page));
                next = page.next();
                assertWholeAppends(page, size, "seed %d, page size %d".formatted(seed, size));
            }
            int events = sizes.stream().mapToInt(Integer::intValue).sum();
            assertThat(read)
                    .as("seed %d, page size %d", seed, size)
                    .isEqualTo(LongStream.rangeClosed(1, events).boxed().toList());
        }
    }

    @Test
    void theNextQueryGoesOnInEachOfTheFourDirections() {
        appends(1, 1, 1, 1, 1);

        assertThat(walked(EventQuery.log().pageSize(2))).containsExactly("[1, 2]", "[3, 4]", "[5]");
        assertThat(walked(EventQuery.log().pageSize(2).backward())).containsExactly("[5, 4]", "[3, 2]", "[1]");
        assertThat(walked(EventQuery.stream(CASH).pageSize(2))).containsExactly("[1, 2]", "[3, 4]", "[5]");
        assertThat(walked(EventQuery.stream(CASH).pageSize(2).backward())).containsExactly("[5, 4]", "[3, 2]", "[1]");
    }

    @Test
    void theNextQueryKeepsEveryOtherBound() {
        appends(1, 1, 1, 1, 1);

        assertThat(next(EventQuery.stream(CASH)
                        .fromVersion(EventVersion.of(2))
                        .upToVersion(EventVersion.of(4))
                        .after(Position.of(1))
                        .upTo(Position.of(5))
                        .upToOccurredAt(START.plusSeconds(60))
                        .ofTypes("debited")
                        .ofCategories("account")
                        .pageSize(1)))
                .isEqualTo(
                        "stream account/1000, from version 3, up to version 4, after position 1, up to position 5, "
                                + "occurred up to 2026-01-01T00:01:00Z, of types [debited], of categories [account], in pages of 1");
        assertThat(next(EventQuery.stream(CASH)
                        .fromVersion(EventVersion.of(2))
                        .pageSize(1)
                        .backward()))
                .isEqualTo("stream account/1000, from version 2, up to version 4, in pages of 1, backward");
        assertThat(next(EventQuery.log().after(Position.of(1)).pageSize(1).backward()))
                .isEqualTo("log, after position 1, up to position 4, in pages of 1, backward");
    }

    @Test
    void pagesOfAStreamMayEndInsideAnAppend() {
        appends(5);

        assertThat(walked(EventQuery.stream(CASH).pageSize(2))).containsExactly("[1, 2]", "[3, 4]", "[5]");
    }

    @Test
    void aRecordedMomentIsResolvedOnceForAllPages() {
        appends(1, 1, 1, 1, 1);
        EventQuery query = EventQuery.log().upToRecordedAt(START.plusSeconds(3)).pageSize(2);

        EventPage first = store.read(ACME, query);
        assertThat(first.next()).get().hasToString("log, after position 2, up to position 4, in pages of 2");
        assertThat(walked(query)).containsExactly("[1, 2]", "[3, 4]");
        assertThat(storage.calls.stream().filter(call -> call.startsWith("positionAt")))
                .as("once for each walk")
                .containsExactly("positionAt 2026-01-01T00:00:03Z", "positionAt 2026-01-01T00:00:03Z");
        assertThat(storage.calls).noneMatch(call -> call.contains("recorded up to"));
    }

    @Test
    void theLowerOfPositionAndMomentCounts() {
        appends(1, 1, 1, 1, 1);
        EventQuery moment = EventQuery.log().upToRecordedAt(START.plusSeconds(2));

        assertThat(walked(moment.upTo(Position.of(2)))).containsExactly("[1, 2]");
        assertThat(walked(moment.upTo(Position.of(4)))).containsExactly("[1, 2, 3]");
        assertThat(walked(EventQuery.log().upToRecordedAt(START.minusSeconds(1))))
                .containsExactly("[]");
    }

    @Test
    void thePageSizeIsTheQuerysThenTheStoresAndNeverAboveTheLargest() {
        SerializingEventStore small = store(StoreLimits.defaults().withPageSize(3, 5));
        small.read(ACME, EventQuery.log());
        small.read(ACME, EventQuery.log().pageSize(2));
        small.read(ACME, EventQuery.log().pageSize(100_000));

        assertThat(storage.calls)
                .containsExactly("read 4 of log", "read 3 of log, in pages of 2", "read 6 of log, in pages of 100000");
    }

    @Test
    void aTenantWithoutALogHasOneEmptyPage() {
        assertThat(store.read(ACME, EventQuery.log())).isEqualTo(new EventPage(List.of(), Optional.empty()));
    }

    /** Records appends of so many events each, one a second. */
    private void appends(int... sizes) {
        for (int size : sizes) {
            NewEvent[] events =
                    Stream.generate(() -> NewEvent.of(debited("1"))).limit(size).toArray(NewEvent[]::new);
            store.append(ACME, StreamAppend.of(CASH, ExpectedVersion.any(), events));
            clock.set(clock.instant().plusSeconds(1));
        }
        storage.calls.clear();
    }

    private List<String> walked(EventQuery query) {
        List<String> pages = new ArrayList<>();
        Optional<EventQuery> next = Optional.of(query);
        while (next.isPresent()) {
            EventPage page = store.read(ACME, next.get());
            pages.add(positions(page).toString());
            next = page.next();
        }
        return pages;
    }

    private String next(EventQuery query) {
        return store.read(ACME, query).next().orElseThrow().toString();
    }

    private void assertWholeAppends(EventPage page, int size, String description) {
        RecordedEvent first = page.events().get(0);
        RecordedEvent last = page.events().get(page.events().size() - 1);
        long after = last.position().value() + 1;
        assertThat(store.read(
                                ACME,
                                EventQuery.stream(CASH).after(last.position()).pageSize(1))
                        .events())
                .as("%s: the append after position %d", description, after)
                .allMatch(event -> !event.recordedAt().equals(last.recordedAt()));
        assertThat(page.events().size() <= size || first.recordedAt().equals(last.recordedAt()))
                .as("%s: only one append alone may be larger than a page", description)
                .isTrue();
    }

    private static List<Long> positions(EventPage page) {
        return page.events().stream().map(event -> event.position().value()).toList();
    }

    private SerializingEventStore store(StoreLimits limits) {
        return SerializingEventStore.of(storage, JsonEventSerializer.of(ACCOUNT_EVENTS), limits, true);
    }
}
