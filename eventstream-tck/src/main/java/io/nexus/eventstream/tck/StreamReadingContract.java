package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.tck.LedgerEvent.Counted;
import io.nexus.eventstream.tck.LedgerEvent.Noted;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reading one stream. Its ten events stand at odd positions from 1 to 19, those of another one between them. */
abstract class StreamReadingContract extends StoreContract {

    private static final Instant JANUARY = Instant.parse("2026-01-15T00:00:00Z");
    private static final Instant FEBRUARY = Instant.parse("2026-02-15T00:00:00Z");

    private EventQuery everything = EventQuery.stream(cash);

    StreamReadingContract(StoreFixture fixture) {
        super(fixture);
    }

    @BeforeEach
    final void fillTheStream() {
        everything = EventQuery.stream(cash);
        for (int i = 1; i <= 10; i++) {
            NewEvent event = i % 3 == 0 ? NewEvent.of(new Noted("note", Map.of())) : NewEvent.of(new Counted(0, i));
            append(cash, event.occurredAt(i <= 4 ? FEBRUARY : JANUARY));
            append(bank, posted("between"));
        }
    }

    @Test
    final void eventsOfAStreamComeOldestFirst() {
        assertThat(versions(read(everything))).containsExactlyElementsOf(numbers(1, 10));
        assertThat(positions(read(everything))).containsExactly(1L, 3L, 5L, 7L, 9L, 11L, 13L, 15L, 17L, 19L);
        assertThat(read(everything)).extracting(RecordedEvent::stream).containsOnly(cash);
    }

    @Test
    final void eventsOfAStreamReadBackwardComeNewestFirst() {
        assertThat(versions(read(everything.backward()))).containsExactly(10L, 9L, 8L, 7L, 6L, 5L, 4L, 3L, 2L, 1L);
        assertThat(versions(
                        store.read(tenant, everything.backward().pageSize(1)).events()))
                .containsExactly(10L);
    }

    @Test
    final void boundsByVersionAreInclusive() {
        EventQuery range = everything.fromVersion(EventVersion.of(3)).upToVersion(EventVersion.of(5));

        assertThat(versions(read(range))).containsExactly(3L, 4L, 5L);
        assertThat(versions(read(range.backward()))).containsExactly(5L, 4L, 3L);
        assertThat(versions(read(everything.fromVersion(EventVersion.of(10))))).containsExactly(10L);
        assertThat(read(everything.fromVersion(EventVersion.of(11)))).isEmpty();
        assertThat(read(everything.upToVersion(EventVersion.NONE))).isEmpty();
    }

    @Test
    final void aStreamIsReadBetweenPositionsOfTheLog() {
        assertThat(versions(read(everything.after(Position.of(5))))).containsExactlyElementsOf(numbers(4, 10));
        assertThat(versions(read(everything.after(Position.of(6))))).containsExactlyElementsOf(numbers(4, 10));
        assertThat(versions(read(everything.upTo(Position.of(5))))).containsExactly(1L, 2L, 3L);
        assertThat(versions(read(everything.upTo(Position.of(6))))).containsExactly(1L, 2L, 3L);
        assertThat(versions(read(
                        everything.after(Position.of(2)).upTo(Position.of(9)).backward())))
                .containsExactly(5L, 4L, 3L, 2L);
        assertThat(read(everything.after(Position.of(19)))).isEmpty();
        assertThat(read(everything.upTo(Position.START))).isEmpty();
    }

    @Test
    final void aStreamIsReadUpToABusinessTime() {
        assertThat(versions(read(everything.upToOccurredAt(JANUARY)))).containsExactlyElementsOf(numbers(5, 10));
        assertThat(read(everything.upToOccurredAt(JANUARY.minusNanos(1_000)))).isEmpty();
        assertThat(read(everything.upToOccurredAt(FEBRUARY))).hasSize(10);
        assertThat(versions(read(everything.upToOccurredAt(JANUARY).backward().pageSize(2))))
                .containsExactly(10L, 9L, 8L, 7L, 6L, 5L);
    }

    @Test
    final void aStreamIsReadUpToARecordedMoment() {
        Instant sixth = read(everything).get(5).recordedAt();

        assertThat(versions(read(everything.upToRecordedAt(sixth)))).containsExactlyElementsOf(numbers(1, 6));
        assertThat(versions(read(everything.upToRecordedAt(sixth.minusNanos(1_000)))))
                .containsExactlyElementsOf(numbers(1, 5));
        assertThat(versions(read(everything.upToRecordedAt(sixth).backward().pageSize(2))))
                .containsExactly(6L, 5L, 4L, 3L, 2L, 1L);
    }

    @Test
    final void aStreamIsReadByTypeAndCategory() {
        assertThat(versions(read(everything.ofTypes("remark")))).containsExactly(3L, 6L, 9L);
        assertThat(versions(read(everything.ofTypes("remark").backward().pageSize(2))))
                .containsExactly(9L, 6L, 3L);
        assertThat(read(everything.ofTypes("remark", "counted"))).hasSize(10);
        assertThat(read(everything.ofTypes("no-such-type"))).isEmpty();
        assertThat(read(everything.ofCategories("account"))).hasSize(10);
        assertThat(read(everything.ofCategories("order"))).isEmpty();
    }

    @Test
    final void allBoundsOfAQueryHoldTogether() {
        EventQuery query = everything
                .fromVersion(EventVersion.of(2))
                .upToVersion(EventVersion.of(9))
                .after(Position.of(4))
                .upTo(Position.of(16))
                .upToOccurredAt(JANUARY)
                .upToRecordedAt(read(everything).get(8).recordedAt())
                .ofTypes("counted")
                .ofCategories("account");

        assertThat(versions(read(query))).containsExactly(5L, 7L, 8L);
        assertThat(versions(read(query.pageSize(1).backward()))).containsExactly(8L, 7L, 5L);
    }

    @Test
    final void pagesOfAnySizeGiveTheSameEvents() {
        for (int size : List.of(1, 2, 3, 9, 10, 11, 500)) {
            List<EventPage> pages = pages(everything.pageSize(size));

            assertThat(pages).allSatisfy(page -> assertThat(page.events()).hasSizeLessThanOrEqualTo(size));
            assertThat(versions(read(everything.pageSize(size))))
                    .as("pages of %d", size)
                    .containsExactlyElementsOf(numbers(1, 10));
            assertThat(versions(read(everything.pageSize(size).backward())))
                    .as("pages of %d backward", size)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, 10).mapToObj(i -> 11 - i).toList());
        }
    }

    @Test
    final void theNextPageHoldsWhatWasAppendedMeanwhile() {
        EventPage first = store.read(tenant, everything.pageSize(2));
        append(cash, posted("JE-11"));

        assertThat(first.events()).isNotEmpty().hasSizeLessThanOrEqualTo(2);
        assertThat(first.next())
                .hasValueSatisfying(next -> assertThat(versions(read(next)))
                        .containsExactlyElementsOf(numbers(1 + first.events().size(), 11)));
    }

    @Test
    final void walkingGivesEveryEventOnceAndStartsAnewEachTime() {
        Iterable<RecordedEvent> walk = store.walk(tenant, everything.pageSize(3));
        assertThat(walk).extracting(event -> event.version().value()).containsExactlyElementsOf(numbers(1, 10));
        append(cash, posted("JE-11"));
        assertThat(walk).extracting(event -> event.version().value()).containsExactlyElementsOf(numbers(1, 11));

        Iterator<RecordedEvent> iterator = walk.iterator();
        for (int i = 0; i < 11; i++) {
            assertThat(iterator.hasNext()).isTrue();
            assertThat(iterator.hasNext()).isTrue();
            iterator.next();
        }
        assertThat(iterator.hasNext()).isFalse();
        assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(iterator::next);
    }

    @Test
    final void aRepeatedReadGivesEqualEvents() {
        AppendResult newest = append(cash, posted("JE-11"));

        List<RecordedEvent> once = read(everything);
        List<RecordedEvent> again = read(everything);

        assertThat(once)
                .extracting(RecordedEvent::stored)
                .containsExactlyElementsOf(
                        again.stream().map(RecordedEvent::stored).toList());
        assertThat(once.get(10).stored().hash())
                .isEqualTo(again.get(10).stored().hash());
        assertThat(once.get(10).recordedAt()).isEqualTo(newest.recordedAt());
    }

    private static List<Long> numbers(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }
}
