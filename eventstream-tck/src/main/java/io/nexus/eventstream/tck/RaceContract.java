package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.tck.LedgerEvent.Counted;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Many at once: one winner, nothing lost, nothing twice, and readers who see every event in its order. */
abstract class RaceContract extends StoreContract {

    private static final int WRITERS = 16;

    private final List<StreamId> streams =
            List.of(cash, bank, order, StreamId.of("order", "4712"), StreamId.of("account", "4711"));

    RaceContract(StoreFixture fixture) {
        super(fixture);
    }

    @Test
    final void ofSixteenWritersWithTheSameExpectationOneWins() {
        append(cash, posted("JE-1"));
        for (int round = 1; round <= 25; round++) {
            ExpectedVersion expected = ExpectedVersion.exactly(round);
            List<Optional<AppendResult>> results = Racers.together(WRITERS, racer -> tryAppend(cash, expected, racer));

            List<AppendResult> winners =
                    results.stream().flatMap(Optional::stream).toList();
            assertThat(winners).as("winners of round %d", round).hasSize(1);
            assertThat(winners.get(0).position()).isEqualTo(Position.of(round + 1));
            assertThat(store.version(tenant, cash).value()).isEqualTo(round + 1);
        }
        assertThat(positions(log())).containsExactlyElementsOf(numbersTo(26));
    }

    @Test
    final void ofSixteenWritersThatWantToBeginAStreamOneWins() {
        for (int round = 1; round <= 25; round++) {
            StreamId fresh = StreamId.of("order", "round-" + round);
            List<Optional<AppendResult>> results =
                    Racers.together(WRITERS, racer -> tryAppend(fresh, ExpectedVersion.noStream(), racer));

            assertThat(results.stream().flatMap(Optional::stream))
                    .as("winners of round %d", round)
                    .hasSize(1);
        }
        assertThat(positions(log())).containsExactlyElementsOf(numbersTo(25));
    }

    @Test
    final void sixteenWritersToOneStreamLoseNothing() {
        List<List<AppendResult>> results = Racers.together(WRITERS, racer -> {
            List<AppendResult> own = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                own.add(append(cash, NewEvent.of(new Counted(racer, i))));
            }
            return own;
        });

        assertThat(positions(log())).containsExactlyElementsOf(numbersTo(WRITERS * 20));
        assertThat(versions(stream(cash))).containsExactlyElementsOf(numbersTo(WRITERS * 20));
        List<RecordedEvent> log = log();
        for (int racer = 0; racer < WRITERS; racer++) {
            int writer = racer;
            assertThat(log.stream()
                            .map(event -> (Counted) event.payload())
                            .filter(counted -> counted.writer() == writer)
                            .map(Counted::number))
                    .as("events of writer %d in the log", writer)
                    .containsExactlyElementsOf(
                            LongStream.range(0, 20).mapToObj(i -> (int) i).toList());
            for (AppendResult each : results.get(racer)) {
                RecordedEvent stored = log.get((int) each.position().value() - 1);
                assertThat(stored.id()).isEqualTo(each.events().get(0).id());
                assertThat(stored.recordedAt()).isEqualTo(each.recordedAt());
            }
        }
    }

    @Test
    final void theSameAppendSentByEightThreadsAtOnceIsRecordedOnce() {
        for (int round = 0; round < 10; round++) {
            List<StreamAppend> appends = List.of(
                    StreamAppend.of(cash, ExpectedVersion.any(), postings(2)),
                    StreamAppend.of(bank, ExpectedVersion.any(), postings(1)));

            List<AppendResult> results = Racers.together(8, racer -> store.appendAll(tenant, appends));

            assertThat(results)
                    .extracting(AppendResult::alreadyRecorded)
                    .containsExactlyInAnyOrder(false, true, true, true, true, true, true, true);
            assertThat(results)
                    .extracting(AppendResult::events)
                    .containsOnly(results.get(0).events());
            assertThat(results)
                    .extracting(AppendResult::recordedAt)
                    .containsOnly(results.get(0).recordedAt());
        }
        assertThat(positions(log())).containsExactlyElementsOf(numbersTo(30));
    }

    @Test
    final void aReaderOfALogWithCrossingWritersSeesExactlyThatLog() {
        Seed seed = Seed.next();
        AtomicBoolean writing = new AtomicBoolean(true);
        CompletableFuture<List<EventPage>> reader = LogFollower.follow(store, tenant, 7, writing);
        CompletableFuture<List<EventPage>> slowReader = LogFollower.follow(store, tenant, 1, writing);

        List<Integer> written =
                Racers.together(8, racer -> crossingAppends(new SplittableRandom(seed.value() + racer)));
        writing.set(false);

        List<RecordedEvent> log = log();
        assertThat(positions(log)).as("%s", seed).containsExactlyElementsOf(numbersTo(total(written)));
        assertSawTheLog(Racers.result(reader), log, seed);
        assertSawTheLog(Racers.result(slowReader), log, seed);
        for (StreamId each : streams) {
            List<RecordedEvent> ofStream =
                    log.stream().filter(event -> event.stream().equals(each)).toList();
            assertThat(versions(ofStream))
                    .as("%s %s", each, seed)
                    .containsExactlyElementsOf(numbersTo(ofStream.size()));
        }
    }

    private Optional<AppendResult> tryAppend(StreamId stream, ExpectedVersion expected, int racer) {
        try {
            return Optional.of(append(stream, expected, NewEvent.of(new Counted(racer, 0))));
        } catch (ConcurrencyException e) {
            return Optional.empty();
        }
    }

    /** Appends to several streams at a time, in every order, some with expectations; returns how many events it wrote. */
    private int crossingAppends(SplittableRandom random) {
        int written = 0;
        for (int i = 0; i < 15; i++) {
            List<StreamAppend> appends = new ArrayList<>();
            int entries = 1 + random.nextInt(3);
            for (int entry = 0; entry < entries; entry++) {
                appends.add(StreamAppend.of(
                        streams.get(random.nextInt(streams.size())),
                        ExpectedVersion.any(),
                        postings(1 + random.nextInt(3))));
            }
            StreamId judged = StreamId.of("period", "p" + random.nextInt(3));
            ExpectedVersion expected = random.nextInt(4) == 0
                    ? ExpectedVersion.exactly(store.version(tenant, judged))
                    : ExpectedVersion.any();
            appends.add(StreamAppend.of(judged, expected, posted("judged")));
            try {
                written += store.appendAll(tenant, appends).events().size();
            } catch (ConcurrencyException e) {
                assertThat(expected).as("an append that expects nothing").isNotEqualTo(ExpectedVersion.any());
            }
        }
        return written;
    }

    private static void assertSawTheLog(List<EventPage> pages, List<RecordedEvent> log, Seed seed) {
        assertThat(pages.stream().flatMap(page -> page.events().stream()).map(RecordedEvent::stored))
                .as("what the reader saw, %s", seed)
                .containsExactlyElementsOf(
                        log.stream().map(RecordedEvent::stored).toList());
        Instant end = Instant.MIN;
        for (EventPage page : pages) {
            assertThat(page.events().get(0).recordedAt())
                    .as("a page begins with another append than the one before ended with, %s", seed)
                    .isAfter(end);
            end = page.events().get(page.events().size() - 1).recordedAt();
        }
    }

    private static int total(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).sum();
    }

    private static List<Long> numbersTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }
}
