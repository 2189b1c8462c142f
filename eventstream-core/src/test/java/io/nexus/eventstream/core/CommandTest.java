package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACCOUNT_EVENTS;
import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.BALANCE;
import static io.nexus.eventstream.core.Samples.CASH;
import static io.nexus.eventstream.core.Samples.credited;
import static io.nexus.eventstream.core.Samples.debited;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.CommitOutcomeUnknownException;
import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Deciding on a state and appending what was decided, again after a conflict, and never twice with a command id. */
class CommandTest {

    private static final CommandOptions QUICK =
            CommandOptions.defaults().withPauses(Duration.ZERO, Duration.ofMillis(1));
    private static final CommandOptions ONCE = QUICK.withCommandId("payment-4711");

    private final InMemoryEventStore whole = InMemoryEventStore.create(ACCOUNT_EVENTS);
    private final WatchedReads store = new WatchedReads(whole);
    private final EventStreamManager ledger =
            EventStreamManager.builder().store(store).tenant(ACME).build();

    @Test
    void everyAttemptIsDecidedOnTheStateThatTheOthersLeft() {
        faster(3);
        List<BigDecimal> seen = new ArrayList<>();

        AppendResult result = ledger.execute(
                        CASH,
                        BALANCE,
                        balance -> {
                            seen.add(balance);
                            return List.of(debited("1"));
                        },
                        QUICK)
                .orElseThrow();

        assertThat(seen).extracting(BigDecimal::toPlainString).containsExactly("0", "10", "20", "30");
        assertThat(result.version(CASH)).isEqualTo(EventVersion.of(4));
        assertThat(result.alreadyRecorded()).isFalse();
    }

    @Test
    void freshStatesAreDecidedOnThoughTheyComeFromSnapshotsAndMemory() {
        EventStreamManager snapshotting = ledger.withSnapshots(SnapshotManager.builder(store, whole.snapshots())
                .snapshot("account", Tally.FOLD, SnapshotPolicy.everyEvents(1).afterAppend())
                .build());
        snapshotting.append(CASH, ExpectedVersion.any(), debited("1"));
        faster(3);
        List<Long> seen = new ArrayList<>();

        snapshotting.execute(
                CASH,
                Tally.FOLD,
                tally -> {
                    seen.add(tally.events());
                    return List.of(debited("1"));
                },
                QUICK);

        assertThat(seen).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void afterTheLastAttemptTheConflictSaysWhatTheOthersDid() {
        faster(3);
        AtomicInteger decisions = new AtomicInteger();

        ConcurrencyException conflict = catchThrowableOfType(
                ConcurrencyException.class,
                () -> ledger.execute(
                        CASH,
                        BALANCE,
                        balance -> {
                            decisions.incrementAndGet();
                            return List.of(debited("1"));
                        },
                        QUICK.withAttempts(3)));

        assertThat(decisions).hasValue(3);
        assertThat(conflict.expected()).isEqualTo(ExpectedVersion.exactly(2));
        assertThat(conflict.actual()).isEqualTo(EventVersion.of(3));
        assertThat(conflict.eventsInBetween())
                .extracting(RecordedEvent::payload)
                .containsExactly(debited("10"));
        assertThat(ledger.version(CASH)).isEqualTo(EventVersion.of(3));
    }

    @Test
    void whoIsInterruptedDuringAPauseStopsTrying() {
        faster(5);
        CommandOptions patient = QUICK.withPauses(Duration.ofHours(1), Duration.ofHours(1));

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> ledger.execute(CASH, BALANCE, balance -> List.of(debited("1")), patient))
                .isInstanceOf(ConcurrencyException.class);

        assertThat(Thread.interrupted())
                .as("the interrupt is kept for the caller")
                .isTrue();
        assertThat(ledger.version(CASH)).isEqualTo(EventVersion.of(1));
    }

    @Test
    void nothingIsRecordedWhereNothingIsDecided() {
        assertThat(ledger.execute(CASH, BALANCE, balance -> List.of())).isEmpty();
        assertThat(ledger.execute(CASH, BALANCE, balance -> List.of(), ONCE)).isEmpty();
        assertThat(ledger.version(CASH)).isEqualTo(EventVersion.NONE);
    }

    @Test
    void aRepeatedCommandHasTheFirstAnswerWhateverItWouldDecideNow() {
        AppendResult first = pay("5", "6").orElseThrow();
        ledger.append(CASH, ExpectedVersion.any(), debited("100"), credited("7"));

        for (Optional<AppendResult> again : List.of(pay("5", "6"), pay("5"), pay("8"), pay("5", "6", "7"), pay())) {
            assertThat(again).contains(new AppendResult(first.events(), first.recordedAt(), true));
        }
        assertThat(ledger.execute(
                        CASH,
                        BALANCE,
                        balance -> {
                            throw new IllegalStateException("there is not enough");
                        },
                        ONCE))
                .contains(new AppendResult(first.events(), first.recordedAt(), true));
        assertThat(ledger.version(CASH)).isEqualTo(EventVersion.of(4));
    }

    @Test
    void aCommandThatIsRefusedTheFirstTimeIsRefused() {
        IllegalStateException refusal = new IllegalStateException("there is not enough");

        assertThatThrownBy(() -> ledger.execute(
                        CASH,
                        BALANCE,
                        balance -> {
                            throw refusal;
                        },
                        ONCE))
                .isSameAs(refusal);
    }

    @Test
    void commandIdsAreApartByStream() {
        for (StreamId stream : List.of(CASH, StreamId.of("a/b", "c"), StreamId.of("a", "b/c"))) {
            assertThat(ledger.execute(stream, BALANCE, balance -> List.of(debited("5")), ONCE))
                    .get()
                    .extracting(AppendResult::alreadyRecorded)
                    .isEqualTo(false);
        }
        assertThat(whole.head(ACME).orElseThrow().position().value()).isEqualTo(3);
    }

    @Test
    void anUnknownOutcomeIsAskedForAndNeitherRepeatedNorForgotten() {
        for (CommandOptions options : List.of(QUICK, ONCE)) {
            long before = ledger.version(CASH).value();
            store.afterAppends.add(this::unknown);
            store.afterAppends.add(this::unknown);
            store.beforeAppends.add(() -> {});
            store.beforeAppends.add(this::unknown);
            AtomicInteger decisions = new AtomicInteger();

            AppendResult result = ledger.execute(
                            CASH,
                            BALANCE,
                            balance -> {
                                decisions.incrementAndGet();
                                return List.of(debited("5"), debited("6"));
                            },
                            options)
                    .orElseThrow();

            assertThat(decisions).as("the same events").hasValue(1);
            assertThat(result.events()).hasSize(2);
            assertThat(result.alreadyRecorded()).isTrue();
            assertThat(ledger.version(CASH)).isEqualTo(EventVersion.of(before + 2));
        }
    }

    @Test
    void aCommandWhoseOutcomeStayedUnknownUntilACrashIsFoundWhenItIsExecutedAgain() {
        for (int i = 0; i < 5; i++) {
            store.afterAppends.add(this::unknown);
        }
        assertThatThrownBy(() -> pay("5")).isInstanceOf(CommitOutcomeUnknownException.class);
        store.afterAppends.clear();
        whole.append(ACME, StreamAppend.of(CASH, ExpectedVersion.any(), NewEvent.of(debited("100"))));

        Optional<AppendResult> afterTheCrash = pay("6");

        assertThat(afterTheCrash).get().satisfies(result -> {
            assertThat(result.alreadyRecorded()).isTrue();
            assertThat(result.version(CASH)).isEqualTo(EventVersion.of(1));
        });
        assertThat(ledger.version(CASH)).isEqualTo(EventVersion.of(2));
    }

    @Test
    void threadsWithOneCommandIdRecordItOnceAndHaveOneAnswer() throws Exception {
        int threads = 4;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < 50; round++) {
                CommandOptions command = QUICK.withCommandId("command " + round);
                CyclicBarrier start = new CyclicBarrier(threads);
                List<Future<AppendResult>> answers = new ArrayList<>();
                EventStreamManager shared =
                        EventStreamManager.builder().store(whole).tenant(ACME).build();
                for (int thread = 0; thread < threads; thread++) {
                    String amount = Integer.toString(thread);
                    answers.add(pool.submit(() -> {
                        start.await(1, TimeUnit.MINUTES);
                        return shared.execute(CASH, BALANCE, balance -> List.of(debited(amount)), command)
                                .orElseThrow();
                    }));
                }
                List<AppendResult> results = new ArrayList<>();
                for (Future<AppendResult> answer : answers) {
                    results.add(answer.get(1, TimeUnit.MINUTES));
                }

                assertThat(results)
                        .extracting(AppendResult::events)
                        .containsOnly(results.get(0).events());
                assertThat(results).filteredOn(each -> !each.alreadyRecorded()).hasSize(1);
                assertThat(whole.version(ACME, CASH)).isEqualTo(EventVersion.of(round + 1L));
            }
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void theEventsOfACommandNameItBesideWhatTheContextSays() {
        EventStreamManager inContext = EventStreamManager.builder()
                .store(store)
                .tenant(ACME)
                .metadata(() -> EventMetadata.none().withUserId("u-17").withCausationId("request-1"))
                .build();

        inContext.execute(
                CASH,
                BALANCE,
                balance -> List.of(
                        debited("5"),
                        NewEvent.of(debited("6"))
                                .withMetadata(EventMetadata.none().withCausationId("own"))),
                ONCE);

        assertThat(inContext.read(EventQuery.stream(CASH)).events())
                .extracting(event -> event.metadata().userId().orElseThrow() + " "
                        + event.metadata().causationId().orElseThrow())
                .containsExactly("u-17 payment-4711", "u-17 own");
    }

    @Test
    void optionsWithoutSenseAreRefused() {
        assertThatThrownBy(() -> QUICK.withAttempts(0)).hasMessage("attempts is 0, it must be 1 to 1000");
        assertThatThrownBy(() -> QUICK.withCommandId(" ")).hasMessage("the command id must not be blank");
        assertThatThrownBy(() -> QUICK.withPauses(Duration.ofMillis(2), Duration.ofMillis(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Lets somebody else append before each of the next so many appends. */
    private void faster(int times) {
        for (int i = 0; i < times; i++) {
            store.beforeAppends.add(
                    () -> whole.append(ACME, StreamAppend.of(CASH, ExpectedVersion.any(), NewEvent.of(debited("10")))));
        }
    }

    private void unknown() {
        throw new CommitOutcomeUnknownException(ACME, List.of(), new IOException("the connection broke"));
    }

    private Optional<AppendResult> pay(String... amounts) {
        return ledger.execute(
                CASH,
                BALANCE,
                balance -> List.of(amounts).stream().map(Samples::debited).toList(),
                ONCE);
    }
}
