package io.nexus.eventstream.core;

import static io.nexus.eventstream.ExpectedVersion.any;
import static io.nexus.eventstream.ExpectedVersion.exactly;
import static io.nexus.eventstream.ExpectedVersion.noStream;
import static io.nexus.eventstream.ExpectedVersion.streamExists;
import static io.nexus.eventstream.core.Samples.ACCOUNT_EVENTS;
import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.CASH;
import static io.nexus.eventstream.core.Samples.debited;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventIdMismatchException;
import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LimitExceededException;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StoreLimits;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.spi.AppendCommand;
import io.nexus.eventstream.spi.EncodedEvent;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AppendPreparationTest {

    private static final StreamId PERIOD = StreamId.of("period", "2026-03");

    @ParameterizedTest
    @MethodSource("expectationsThatAgree")
    void expectationsOfOneStreamAreMergedIntoTheStrictest(
            ExpectedVersion one, ExpectedVersion other, ExpectedVersion merged) {
        assertThat(merged(part(one, 0), part(other, 1))).isEqualTo(merged);
        assertThat(merged(part(other, 0), part(one, 1))).isEqualTo(merged);
    }

    static Stream<Arguments> expectationsThatAgree() {
        return Stream.of(
                Arguments.of(any(), any(), any()),
                Arguments.of(any(), noStream(), noStream()),
                Arguments.of(any(), streamExists(), streamExists()),
                Arguments.of(any(), exactly(3), exactly(3)),
                Arguments.of(noStream(), noStream(), noStream()),
                Arguments.of(streamExists(), streamExists(), streamExists()),
                Arguments.of(streamExists(), exactly(3), exactly(3)),
                Arguments.of(exactly(3), exactly(3), exactly(3)));
    }

    @ParameterizedTest
    @MethodSource("expectationsThatContradict")
    void expectationsThatContradictEachOtherAreRefused(ExpectedVersion one, ExpectedVersion other) {
        assertContradiction("%s and %s before this append".formatted(one, other), part(one, 0), part(other, 1));
        assertContradiction("%s and %s before this append".formatted(other, one), part(other, 0), part(one, 1));
    }

    static Stream<Arguments> expectationsThatContradict() {
        return Stream.of(
                Arguments.of(noStream(), streamExists()),
                Arguments.of(noStream(), exactly(3)),
                Arguments.of(exactly(3), exactly(4)));
    }

    @Test
    void aLaterExpectationCountsTheEventsBeforeIt() {
        assertThat(merged(part(any(), 2), part(any(), 1))).isEqualTo(any());
        assertThat(merged(part(any(), 2), part(streamExists(), 1)))
                .as("it exists by then")
                .isEqualTo(any());
        assertThat(merged(part(noStream(), 1), part(streamExists(), 1))).isEqualTo(noStream());
        assertThat(merged(part(any(), 2), part(exactly(5), 1))).isEqualTo(exactly(3));
        assertThat(merged(part(any(), 2), part(exactly(2), 1))).isEqualTo(noStream());
        assertThat(merged(part(noStream(), 2), part(exactly(2), 1), part(exactly(3), 4)))
                .isEqualTo(noStream());
        assertThat(merged(part(exactly(7), 2), part(exactly(9), 0), part(exactly(9), 1)))
                .isEqualTo(exactly(7));
        assertThat(merged(part(streamExists(), 2), part(exactly(5), 1))).isEqualTo(exactly(3));
    }

    @Test
    void aLaterExpectationThatTheseEventsMakeImpossibleIsRefused() {
        assertContradiction("no stream after 2 events of this append", part(any(), 2), part(noStream(), 1));
        assertContradiction("exactly version 1 after 2 events of this append", part(any(), 2), part(exactly(1), 1));
        assertContradiction(
                "no stream and exactly version 1 before this append", part(noStream(), 2), part(exactly(3), 1));
        assertContradiction(
                "exactly version 7 and exactly version 8 before this append",
                part(exactly(7), 2),
                part(exactly(10), 1));
    }

    @Test
    void eventsKeepTheOrderOfTheCallerOverAllStreams() {
        NewEvent first = NewEvent.of(debited("1"));
        NewEvent second = NewEvent.of(debited("2"))
                .occurredAt(Instant.parse("2026-03-31T10:00:00Z"))
                .withMetadata(EventMetadata.none().withUserId("u-17"));
        NewEvent third = NewEvent.of(debited("3"));
        StreamId sales = StreamId.of("account", "4000");

        AppendCommand command = prepared(
                StoreLimits.defaults(),
                StreamAppend.expecting(PERIOD, exactly(1)),
                StreamAppend.of(sales, noStream(), first),
                StreamAppend.of(CASH, exactly(3), second),
                StreamAppend.of(sales, exactly(1), third));

        assertThat(command.expectations())
                .containsExactly(entry(PERIOD, exactly(1)), entry(sales, noStream()), entry(CASH, exactly(3)));
        assertThat(command.events()).extracting(EncodedEvent::stream).containsExactly(sales, CASH, sales);
        assertThat(command.events()).extracting(EncodedEvent::id).containsExactly(first.id(), second.id(), third.id());
        assertThat(command.events().get(1).occurredAt()).isEqualTo(second.occurredAt());
        assertThat(command.events().get(1).metadata()).asString().isEqualTo("{\"userId\":\"u-17\"}");
        assertThat(command.events().get(0).metadata()).asString().isEqualTo("{}");
    }

    @Test
    void anAppendThatOnlyExpectsIsRefused() {
        assertThatThrownBy(() -> prepared(StoreLimits.defaults(), StreamAppend.expecting(PERIOD, any())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("an append needs at least one event");
        assertThatThrownBy(() -> prepared(StoreLimits.defaults()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("an append needs at least one event");
    }

    @Test
    void eventsAreCountedOverAllStreams() {
        StoreLimits two = StoreLimits.defaults().withMaxEventsPerAppend(2);

        assertThat(prepared(two, part(any(), 1), part(any(), 1)).events()).hasSize(2);
        assertThatThrownBy(() -> prepared(two, part(any(), 1), StreamAppend.expecting(PERIOD, any()), part(any(), 2)))
                .isInstanceOfSatisfying(LimitExceededException.class, exceeded -> {
                    assertThat(exceeded.limit()).isEqualTo("limits.max_events_per_append");
                    assertThat(exceeded.allowed()).isEqualTo(2);
                    assertThat(exceeded.actual()).isEqualTo(3);
                });
    }

    @Test
    void anIdThatStandsTwiceIsNamedOnce() {
        NewEvent event = NewEvent.of(debited("1"));
        NewEvent other = NewEvent.of(debited("2"));

        assertThatThrownBy(() -> prepared(
                        StoreLimits.defaults(),
                        StreamAppend.of(CASH, any(), event, other, event),
                        StreamAppend.of(PERIOD, any(), event)))
                .isInstanceOfSatisfying(EventIdMismatchException.class, twice -> {
                    assertThat(twice.tenant()).isEqualTo(ACME);
                    assertThat(twice.ids()).containsExactly(event.id());
                    assertThat(twice.reason()).isEqualTo(EventIdMismatchException.Reason.USED_TWICE_IN_THIS_APPEND);
                });
    }

    private static ExpectedVersion merged(StreamAppend... parts) {
        return prepared(StoreLimits.defaults(), parts).expectations().getOrDefault(CASH, any());
    }

    private static void assertContradiction(String what, StreamAppend... parts) {
        assertThatThrownBy(() -> prepared(StoreLimits.defaults(), parts))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the expectations of stream account/1000 contradict each other: " + what);
    }

    private static AppendCommand prepared(StoreLimits limits, StreamAppend... parts) {
        return new AppendPreparation(JsonEventSerializer.of(ACCOUNT_EVENTS), limits, ACME).prepare(List.of(parts));
    }

    private static StreamAppend part(ExpectedVersion expected, int events) {
        return new StreamAppend(
                CASH,
                expected,
                Collections.nCopies(events, NewEvent.of(debited("1"))).stream()
                        .map(event -> event.withId(EventId.generate()))
                        .toList());
    }
}
