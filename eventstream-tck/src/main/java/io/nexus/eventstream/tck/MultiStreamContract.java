package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AppendedEvent;
import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One append over several streams: all of it or nothing, in the caller's order. */
abstract class MultiStreamContract extends StoreContract {

    private final StreamId period = StreamId.of("period", "2025-12");

    MultiStreamContract(StoreFixture fixture) {
        super(fixture);
    }

    @Test
    final void positionsFollowTheOrderOfTheCaller() {
        StreamId last = StreamId.of("z", "1");
        StreamId first = StreamId.of("a", "2");

        AppendResult result = appendAll(
                StreamAppend.of(last, ExpectedVersion.noStream(), posted("z1"), posted("z2")),
                StreamAppend.of(first, ExpectedVersion.noStream(), posted("a1")),
                StreamAppend.of(cash, ExpectedVersion.any(), posted("c1")));

        assertThat(entries(log())).containsExactly("z1", "z2", "a1", "c1");
        assertThat(positions(log())).containsExactly(1L, 2L, 3L, 4L);
        assertThat(versions(log())).containsExactly(1L, 2L, 1L, 1L);
        assertThat(result.events())
                .extracting(AppendedEvent::stream, event -> event.position().value())
                .containsExactly(tuple(last, 1L), tuple(last, 2L), tuple(first, 3L), tuple(cash, 4L));
        assertThat(result.version(last)).isEqualTo(EventVersion.of(2));
    }

    @Test
    final void allStreamsOfAnAppendShareOneMomentOfRecording() {
        append(cash, posted("before"));

        AppendResult result = appendAll(
                StreamAppend.of(cash, ExpectedVersion.any(), postings(3)),
                StreamAppend.of(bank, ExpectedVersion.any(), postings(2)),
                StreamAppend.of(order, ExpectedVersion.any(), posted("JE-9")));

        assertThat(log().subList(1, 7))
                .extracting(RecordedEvent::recordedAt)
                .containsOnly(result.recordedAt())
                .isNotEmpty();
        assertThat(log().get(0).recordedAt()).isBefore(result.recordedAt());
    }

    @Test
    final void aConflictInOneStreamKeepsAllStreamsUnwritten() {
        append(cash, postings(2));
        append(bank, postings(1));

        ConcurrencyException conflict = refused(
                ConcurrencyException.class,
                () -> appendAll(
                        StreamAppend.of(cash, ExpectedVersion.exactly(2), posted("right")),
                        StreamAppend.of(bank, ExpectedVersion.exactly(5), posted("wrong")),
                        StreamAppend.of(order, ExpectedVersion.noStream(), posted("right"))));

        assertThat(conflict.stream()).isEqualTo(bank);
        assertThat(conflict.actual()).isEqualTo(EventVersion.of(1));
        assertThat(conflict.expected()).isEqualTo(ExpectedVersion.exactly(5));
        assertThat(store.version(tenant, cash)).isEqualTo(EventVersion.of(2));
        assertThat(store.version(tenant, order)).isEqualTo(EventVersion.NONE);
    }

    @Test
    final void aStreamMayStandSeveralTimes() {
        append(cash, posted("c1"));

        AppendResult result = appendAll(
                StreamAppend.of(cash, ExpectedVersion.exactly(1), posted("c2"), posted("c3")),
                StreamAppend.of(bank, ExpectedVersion.noStream(), posted("b1")),
                StreamAppend.of(cash, ExpectedVersion.any(), posted("c4")),
                StreamAppend.of(bank, ExpectedVersion.streamExists(), posted("b2")));

        assertThat(entries(log())).containsExactly("c1", "c2", "c3", "b1", "c4", "b2");
        assertThat(entries(stream(cash))).containsExactly("c1", "c2", "c3", "c4");
        assertThat(versions(stream(cash))).containsExactly(1L, 2L, 3L, 4L);
        assertThat(versions(stream(bank))).containsExactly(1L, 2L);
        assertThat(result.version(cash)).isEqualTo(EventVersion.of(4));
    }

    @Test
    final void aLaterExpectationCountsTheEventsOfEarlierEntries() {
        append(cash, posted("c1"));

        appendAll(
                StreamAppend.of(cash, ExpectedVersion.any(), posted("c2"), posted("c3")),
                StreamAppend.of(cash, ExpectedVersion.exactly(3), posted("c4")));

        assertThat(entries(stream(cash))).containsExactly("c1", "c2", "c3", "c4");
        ConcurrencyException conflict = refused(
                ConcurrencyException.class,
                () -> appendAll(
                        StreamAppend.of(cash, ExpectedVersion.any(), posted("c5")),
                        StreamAppend.of(cash, ExpectedVersion.exactly(4), posted("c6"))));
        assertThat(conflict.stream()).isEqualTo(cash);
        assertThat(conflict.actual()).isEqualTo(EventVersion.of(4));
    }

    @Test
    final void aStreamThatIsOnlyExpectedIsNotWritten() {
        append(period, posted("opened"));

        AppendResult result = appendAll(
                StreamAppend.expecting(period, ExpectedVersion.exactly(1)),
                StreamAppend.of(cash, ExpectedVersion.noStream(), posted("JE-1")),
                StreamAppend.expecting(order, ExpectedVersion.noStream()),
                StreamAppend.expecting(bank, ExpectedVersion.any()));

        assertThat(result.events()).extracting(AppendedEvent::stream).containsExactly(cash);
        assertThat(result.version(period)).isEqualTo(EventVersion.NONE);
        assertThat(entries(log())).containsExactly("opened", "JE-1");
        assertThat(store.version(tenant, period)).isEqualTo(EventVersion.of(1));
        assertThat(store.version(tenant, order)).isEqualTo(EventVersion.NONE);
    }

    @Test
    final void anExpectationOfAnotherStreamThatIsNotMetRefusesTheAppend() {
        append(period, posted("opened"), posted("closed"));

        ConcurrencyException conflict = refused(
                ConcurrencyException.class,
                () -> appendAll(
                        StreamAppend.of(cash, ExpectedVersion.any(), posted("JE-1")),
                        StreamAppend.expecting(period, ExpectedVersion.exactly(1))));

        assertThat(conflict.stream()).isEqualTo(period);
        assertThat(conflict.actual()).isEqualTo(EventVersion.of(2));
        assertThat(store.version(tenant, cash)).isEqualTo(EventVersion.NONE);
        conflict = refused(
                ConcurrencyException.class,
                () -> appendAll(
                        StreamAppend.expecting(bank, ExpectedVersion.streamExists()),
                        StreamAppend.of(cash, ExpectedVersion.any(), posted("JE-1"))));
        assertThat(conflict.stream()).isEqualTo(bank);
    }

    @Test
    final void expectationsThatContradictEachOtherAreRefused() {
        append(cash, postings(3));

        contradiction(
                StreamAppend.of(cash, ExpectedVersion.exactly(3), posted("x")),
                StreamAppend.of(cash, ExpectedVersion.exactly(3), posted("y")));
        contradiction(
                StreamAppend.of(cash, ExpectedVersion.any(), posted("x")),
                StreamAppend.of(cash, ExpectedVersion.noStream(), posted("y")));
        contradiction(
                StreamAppend.expecting(cash, ExpectedVersion.noStream()),
                StreamAppend.expecting(cash, ExpectedVersion.streamExists()),
                StreamAppend.of(bank, ExpectedVersion.any(), posted("y")));
        contradiction(
                StreamAppend.of(cash, ExpectedVersion.any(), posted("x"), posted("y")),
                StreamAppend.of(cash, ExpectedVersion.exactly(1), posted("z")));
        assertThat(store.version(tenant, cash)).isEqualTo(EventVersion.of(3));
    }

    @Test
    final void manyStreamsGoIntoOneAppend() {
        StreamAppend[] appends = new StreamAppend[200];
        for (int i = 0; i < appends.length; i++) {
            appends[i] =
                    StreamAppend.of(StreamId.of("order", "O-" + i), ExpectedVersion.noStream(), posted("O-" + i, "1"));
        }

        AppendResult result = appendAll(appends);

        assertThat(result.events()).hasSize(200);
        assertThat(log()).hasSize(200).allSatisfy(event -> {
            assertThat(event.version()).isEqualTo(EventVersion.first());
            assertThat(event.stream().aggregateId().value())
                    .isEqualTo("O-" + (event.position().value() - 1));
        });
    }

    private AppendResult appendAll(StreamAppend... appends) {
        return store.appendAll(tenant, List.of(appends));
    }

    private void contradiction(StreamAppend... appends) {
        assertThat(refused(IllegalArgumentException.class, () -> appendAll(appends)))
                .hasMessageContaining(cash.toString());
    }
}
