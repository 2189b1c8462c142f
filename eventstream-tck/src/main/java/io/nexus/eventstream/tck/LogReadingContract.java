package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.tck.LedgerEvent.Counted;
import io.nexus.eventstream.tck.LedgerEvent.Noted;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Reading a tenant's whole log, and its pages, which never part the events of one append. */
abstract class LogReadingContract extends StoreContract {

    private static final Instant JANUARY = Instant.parse("2026-01-15T00:00:00Z");
    private static final Instant FEBRUARY = Instant.parse("2026-02-15T00:00:00Z");

    LogReadingContract(StoreFixture fixture) {
        super(fixture);
    }

    @Test
    final void theLogComesInTheOrderOfThePositionsAndBackward() {
        appendsOfSeveralSizes();

        assertThat(positions(log())).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
        assertThat(positions(read(EventQuery.log().backward().pageSize(3))))
                .containsExactly(10L, 9L, 8L, 7L, 6L, 5L, 4L, 3L, 2L, 1L);
        assertThat(positions(store.read(tenant, EventQuery.log().backward().pageSize(1))
                        .events()))
                .containsExactly(10L);
    }

    @Test
    final void theLogIsReadBetweenPositions() {
        appendsOfSeveralSizes();

        assertThat(positions(read(EventQuery.log().after(Position.of(7))))).containsExactly(8L, 9L, 10L);
        assertThat(positions(read(EventQuery.log().upTo(Position.of(3))))).containsExactly(1L, 2L, 3L);
        assertThat(positions(read(EventQuery.log().after(Position.of(2)).upTo(Position.of(5)))))
                .containsExactly(3L, 4L, 5L);
        assertThat(positions(read(EventQuery.log()
                        .after(Position.of(2))
                        .upTo(Position.of(5))
                        .backward()
                        .pageSize(2))))
                .containsExactly(5L, 4L, 3L);
        assertThat(read(EventQuery.log().after(Position.of(10)))).isEmpty();
    }

    @Test
    final void theLogIsReadByTypeAndCategory() {
        append(cash, posted("JE-1"), note(), posted("JE-2"));
        append(order, note(), NewEvent.of(new Counted(1, 1)));
        append(bank, posted("JE-3"), note());

        assertThat(positions(read(EventQuery.log().ofTypes("remark")))).containsExactly(2L, 4L, 7L);
        assertThat(positions(read(EventQuery.log().ofTypes("remark", "counted"))))
                .containsExactly(2L, 4L, 5L, 7L);
        assertThat(positions(read(
                        EventQuery.log().ofTypes("posted", "remark").backward().pageSize(2))))
                .containsExactly(7L, 6L, 4L, 3L, 2L, 1L);
        assertThat(positions(read(EventQuery.log().ofCategories("account")))).containsExactly(1L, 2L, 3L, 6L, 7L);
        assertThat(positions(read(EventQuery.log().ofCategories("account", "order", "none"))))
                .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
        assertThat(positions(read(EventQuery.log().ofCategories("account").ofTypes("remark"))))
                .containsExactly(2L, 7L);
        assertThat(positions(read(EventQuery.log()
                        .ofCategories("account")
                        .ofTypes(manyTypesAnd("remark"))
                        .after(Position.of(2)))))
                .containsExactly(7L);
        assertThat(read(EventQuery.log().ofTypes("no-such-type"))).isEmpty();
        assertThat(read(EventQuery.log().ofCategories("no-such-category"))).isEmpty();
    }

    @Test
    final void theLogIsReadUpToABusinessTimeAndARecordedMoment() {
        append(cash, posted("JE-1").occurredAt(FEBRUARY), posted("JE-2").occurredAt(JANUARY));
        Instant second = append(bank, posted("JE-3").occurredAt(JANUARY)).recordedAt();
        append(bank, posted("JE-4").occurredAt(JANUARY));

        assertThat(entries(read(EventQuery.log().upToOccurredAt(JANUARY)))).containsExactly("JE-2", "JE-3", "JE-4");
        assertThat(entries(read(EventQuery.log().upToRecordedAt(second)))).containsExactly("JE-1", "JE-2", "JE-3");
        assertThat(entries(read(EventQuery.log().upToRecordedAt(second).upToOccurredAt(JANUARY))))
                .containsExactly("JE-2", "JE-3");
        assertThat(entries(read(EventQuery.log().upToRecordedAt(second).upTo(Position.of(1)))))
                .containsExactly("JE-1");
    }

    @Test
    final void pagesOfTheLogNeverPartAnAppend() {
        appendsOfSeveralSizes();

        for (int size = 1; size <= 11; size++) {
            List<EventPage> pages = pages(EventQuery.log().pageSize(size));

            assertThat(pages.stream()
                            .flatMap(page -> page.events().stream())
                            .map(event -> event.position().value()))
                    .as("pages of %d", size)
                    .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L);
            assertNoAppendIsParted(pages, size);
        }
    }

    @Test
    final void pagesOfTheLogByTypeOrCategoryNeverPartAnAppend() {
        for (int i = 0; i < 6; i++) {
            append(bank, NewEvent.of(new Counted(0, i)));
            store.appendAll(
                    tenant,
                    List.of(
                            StreamAppend.of(cash, ExpectedVersion.any(), posted("c1"), note(), posted("c2")),
                            StreamAppend.of(order, ExpectedVersion.any(), note(), posted("o1"), note())));
        }
        for (EventQuery filter : List.of(
                EventQuery.log().ofTypes("remark"),
                EventQuery.log().ofTypes("posted", "remark"),
                EventQuery.log().ofTypes(manyTypesAnd("posted")),
                EventQuery.log().ofCategories("account"),
                EventQuery.log().ofCategories("order").ofTypes("remark"))) {
            List<Long> wanted = positions(read(filter.pageSize(1_000)));
            assertThat(wanted).as("events of %s", filter).hasSizeGreaterThanOrEqualTo(12);

            for (int size = 1; size <= 8; size++) {
                List<EventPage> pages = pages(filter.pageSize(size));

                assertThat(pages.stream()
                                .flatMap(page -> page.events().stream())
                                .map(event -> event.position().value()))
                        .as("%s in pages of %d", filter, size)
                        .containsExactlyElementsOf(wanted);
                assertNoAppendIsParted(pages, size);
            }
        }
    }

    @Test
    final void anAppendLargerThanAPageComesWhole() {
        append(bank, posted("before"));
        append(cash, postings(25));
        append(bank, posted("after"));

        List<EventPage> pages = pages(EventQuery.log().pageSize(3));

        assertThat(pages).anySatisfy(page -> assertThat(page.events()).hasSizeGreaterThanOrEqualTo(25));
        assertThat(pages.stream().mapToInt(page -> page.events().size()).sum()).isEqualTo(27);
        assertNoAppendIsParted(pages, 3);
    }

    @Test
    final void anAppendLargerThanTheLargestPageComesWhole() {
        store = fixture.open(StoreOptions.defaults()
                .withLimits(StoreOptions.defaults().limits().withPageSize(2, 4)));
        append(cash, postings(30));
        append(bank, posted("after"));

        List<EventPage> pages = pages(EventQuery.log());

        assertThat(pages.stream().mapToInt(page -> page.events().size()).sum()).isEqualTo(31);
        assertThat(pages.get(0).events()).hasSizeGreaterThanOrEqualTo(30);
        assertNoAppendIsParted(pages, 4);
        assertThat(versions(read(EventQuery.stream(cash).pageSize(1_000)))).hasSize(30);
        assertThat(store.read(tenant, EventQuery.stream(cash).pageSize(1_000)).events())
                .as("a page of a stream is never larger than the limit")
                .hasSizeLessThanOrEqualTo(4);
    }

    @Test
    final void whoFollowsTheLogFromACheckpointSeesEveryEventOnce() {
        appendsOfSeveralSizes();
        EventPage page = store.read(tenant, EventQuery.log().pageSize(4));
        Position checkpoint = page.events().get(page.events().size() - 1).position();
        append(cash, postings(2));

        List<RecordedEvent> rest = read(EventQuery.log().after(checkpoint).pageSize(4));

        assertThat(positions(rest).get(0)).isEqualTo(checkpoint.value() + 1);
        assertThat(positions(rest)).hasSize((int) (12 - checkpoint.value())).endsWith(11L, 12L);
    }

    /** Appends of 1, 3, 2, 3 and 1 events: positions 1, 2 to 4, 5 to 6, 7 to 9, 10. */
    private void appendsOfSeveralSizes() {
        append(cash, postings(1));
        append(bank, postings(3));
        append(cash, postings(2));
        store.appendAll(
                tenant,
                List.of(
                        StreamAppend.of(bank, ExpectedVersion.any(), posted("b")),
                        StreamAppend.of(order, ExpectedVersion.any(), postings(2))));
        append(cash, postings(1));
    }

    private static void assertNoAppendIsParted(List<EventPage> pages, int size) {
        Set<Instant> seen = new HashSet<>();
        for (EventPage page : pages) {
            Set<Instant> appends = new HashSet<>();
            page.events().forEach(event -> appends.add(event.recordedAt()));
            assertThat(appends)
                    .as("appends of a page of %d that an earlier page held too", size)
                    .noneMatch(seen::contains);
            assertThat(page.events().size() <= size || appends.size() == 1)
                    .as(
                            "a page of %d events where %d were asked for holds one append",
                            page.events().size(), size)
                    .isTrue();
            seen.addAll(appends);
        }
    }

    private static NewEvent note() {
        return NewEvent.of(new Noted("note", Map.of()));
    }

    /** More types than anybody would merge index scans for. */
    private static String[] manyTypesAnd(String type) {
        String[] types = new String[40];
        for (int i = 0; i < types.length; i++) {
            types[i] = "unused-" + i;
        }
        types[17] = type;
        return types;
    }
}
