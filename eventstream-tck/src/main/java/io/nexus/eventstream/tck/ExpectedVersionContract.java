package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import org.junit.jupiter.api.Test;

/** What an append expects of a stream, met and not met. */
abstract class ExpectedVersionContract extends StoreContract {

    ExpectedVersionContract(StoreFixture fixture) {
        super(fixture);
    }

    @Test
    final void anyVersionIsMetByEveryStream() {
        append(cash, ExpectedVersion.any(), posted("JE-1"));
        append(cash, ExpectedVersion.any(), posted("JE-2"));

        assertThat(entries(stream(cash))).containsExactly("JE-1", "JE-2");
    }

    @Test
    final void noStreamIsMetByAStreamWithoutEventsOnly() {
        append(cash, ExpectedVersion.noStream(), postings(2));

        conflict(cash, ExpectedVersion.noStream(), 2);
        assertThat(versions(stream(cash))).containsExactly(1L, 2L);
    }

    @Test
    final void exactlyZeroMeansNoStream() {
        append(cash, ExpectedVersion.exactly(0), posted("JE-1"));
        append(bank, ExpectedVersion.exactly(EventVersion.NONE), posted("JE-2"));

        conflict(cash, ExpectedVersion.exactly(0), 1);
        conflict(bank, ExpectedVersion.exactly(EventVersion.NONE), 1);
        assertThat(entries(stream(cash))).containsExactly("JE-1");
        assertThat(entries(stream(bank))).containsExactly("JE-2");
    }

    @Test
    final void streamExistsIsMetByAStreamWithEventsOnly() {
        conflict(cash, ExpectedVersion.streamExists(), 0);
        append(cash, posted("JE-1"));
        append(cash, ExpectedVersion.streamExists(), posted("JE-2"));

        assertThat(entries(stream(cash))).containsExactly("JE-1", "JE-2");
        conflict(bank, ExpectedVersion.streamExists(), 0);
    }

    @Test
    final void exactlyIsMetByThatVersionOnly() {
        append(cash, postings(3));

        conflict(cash, ExpectedVersion.exactly(1), 3);
        conflict(cash, ExpectedVersion.exactly(2), 3);
        conflict(cash, ExpectedVersion.exactly(4), 3);
        conflict(cash, ExpectedVersion.exactly(Long.MAX_VALUE), 3);
        conflict(bank, ExpectedVersion.exactly(1), 0);
        append(cash, ExpectedVersion.exactly(3), posted("JE-4"));
        append(cash, ExpectedVersion.exactly(4), posted("JE-5"));

        assertThat(entries(stream(cash))).containsExactly("JE-1", "JE-2", "JE-3", "JE-4", "JE-5");
    }

    @Test
    final void theVersionOfAResultIsWhatTheNextAppendMayExpect() {
        EventVersion loaded = append(cash, postings(2)).version(cash);

        EventVersion next =
                append(cash, ExpectedVersion.exactly(loaded), posted("JE-3")).version(cash);

        assertThat(next).isEqualTo(EventVersion.of(3));
        assertThat(store.version(tenant, cash)).isEqualTo(next);
    }

    @Test
    final void anExpectationIsAboutTheVersionOfTheStreamNotThePositionInTheLog() {
        append(bank, postings(5));
        append(cash, postings(2));

        conflict(cash, ExpectedVersion.exactly(7), 2);
        append(cash, ExpectedVersion.exactly(2), posted("JE-3"));

        assertThat(versions(stream(cash))).containsExactly(1L, 2L, 3L);
    }

    @Test
    final void aRefusedEventMayBeAppendedWithTheRightExpectation() {
        append(cash, postings(2));
        NewEvent event = posted("JE-3");
        refused(
                ConcurrencyException.class,
                () -> store.append(tenant, StreamAppend.of(cash, ExpectedVersion.exactly(1), event)));

        assertThat(append(cash, ExpectedVersion.exactly(2), event).alreadyRecorded())
                .isFalse();
        assertThat(entries(stream(cash))).containsExactly("JE-1", "JE-2", "JE-3");
    }

    @Test
    final void aThousandConflictsLeaveNoGap() {
        append(cash, postings(2));
        int conflicts = 0;
        for (int i = 0; i < 1_000; i++) {
            try {
                append(cash, i % 2 == 0 ? ExpectedVersion.exactly(1) : ExpectedVersion.exactly(3), posted("late"));
            } catch (ConcurrencyException e) {
                conflicts++;
            }
        }

        assertThat(conflicts).isEqualTo(1_000);
        assertThat(append(cash, posted("JE-3")).position().value()).isEqualTo(3);
        assertThat(positions(log())).containsExactly(1L, 2L, 3L);
    }

    private void conflict(StreamId stream, ExpectedVersion expected, long actual) {
        ConcurrencyException conflict =
                refused(ConcurrencyException.class, () -> append(stream, expected, posted("refused")));

        assertThat(conflict.tenant()).isEqualTo(tenant);
        assertThat(conflict.stream()).isEqualTo(stream);
        assertThat(conflict.expected()).isEqualTo(expected);
        assertThat(conflict.actual()).isEqualTo(EventVersion.of(actual));
    }
}
