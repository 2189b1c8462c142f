package io.nexus.eventstream.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.AppendCommand;
import io.nexus.eventstream.spi.AppendOutcome;
import io.nexus.eventstream.spi.EncodedEvent;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AppendQueueTest {

    private static final TenantId ACME = TenantId.of("acme");
    private static final TenantId OTHER = TenantId.of("other");
    private static final StreamId STREAM = StreamId.of("note", "1");
    private static final Duration LONG = Duration.ofMinutes(2);

    private final HeldSender sender = new HeldSender();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        sender.hung.clear();
        sender.gate.release(1_000_000);
        threads.shutdownNow();
    }

    @Test
    void anAppendThatIsAloneLeavesAtOnce() {
        sender.gate.release();
        AppendQueue queue = new AppendQueue(sender, true, 1, Duration.ofNanos(150_000));

        assertThat(queue.travel(append(ACME, LONG))).isInstanceOf(QueueAnswer.Judged.class);
        assertThat(sender.sizes()).containsExactly(1);
    }

    @Test
    void whatCameMeanwhileTravelsTogetherAndInOrder() {
        AppendQueue queue = new AppendQueue(sender, true, 1, Duration.ofNanos(150_000));
        List<CompletableFuture<QueueAnswer>> answers = new ArrayList<>();
        List<QueuedAppend> appends = new CopyOnWriteArrayList<>();
        begin(queue, answers, appends, ACME, 1);
        sender.awaitSent(1);
        for (int i = 1; i <= 5; i++) {
            begin(queue, answers, appends, i % 2 == 0 ? ACME : OTHER, 1);
            int waiting = i;
            await().until(() -> queue.length() == waiting);
        }

        sender.gate.release(10);
        join(answers);

        assertThat(sender.sizes()).containsExactly(1, 5);
        assertThat(sender.groups.get(1).appends()).isEqualTo(appends.subList(1, 6));
    }

    @Test
    void tenantsThatMustNotTravelTogetherDoNotWaitForEachOther() {
        AppendQueue queue = new AppendQueue(sender, false, 1, Duration.ofNanos(150_000));
        List<CompletableFuture<QueueAnswer>> answers = new ArrayList<>();
        begin(queue, answers, new CopyOnWriteArrayList<>(), ACME, 1);
        begin(queue, answers, new CopyOnWriteArrayList<>(), OTHER, 1);

        sender.awaitSent(2);
        sender.gate.release(10);
        join(answers);

        assertThat(sender.groups)
                .allSatisfy(group -> assertThat(group.tenants()).hasSize(1));
    }

    @Test
    void aGroupIsBoundedByEventsAndNobodyOvertakes() {
        AppendQueue queue = new AppendQueue(sender, true, 1, Duration.ofNanos(150_000));
        List<CompletableFuture<QueueAnswer>> answers = new ArrayList<>();
        List<QueuedAppend> appends = new CopyOnWriteArrayList<>();
        begin(queue, answers, appends, ACME, 1);
        sender.awaitSent(1);
        int waiting = 0;
        for (int events : new int[] {600, 500, 1}) {
            begin(queue, answers, appends, ACME, events);
            int length = ++waiting;
            await().until(() -> queue.length() == length);
        }

        sender.gate.release(10);
        join(answers);

        assertThat(sender.sizes()).containsExactly(1, 1, 2);
        assertThat(sender.groups.get(2).appends()).isEqualTo(appends.subList(2, 4));
    }

    @Test
    void aGroupIsBoundedByBytesAndALargerAppendTravelsAlone() {
        AppendQueue queue = new AppendQueue(sender, true, 1, Duration.ofNanos(150_000));
        List<CompletableFuture<QueueAnswer>> answers = new ArrayList<>();
        List<QueuedAppend> appends = new CopyOnWriteArrayList<>();
        begin(queue, answers, appends, ACME, 1);
        sender.awaitSent(1);
        int most = (int) AppendGroup.MOST_BYTES;
        int waiting = 0;
        for (int bytes : new int[] {most + 1, most - 10, 10, 1}) {
            begin(queue, answers, appends, ACME, List.of(event(bytes)));
            int length = ++waiting;
            await().until(() -> queue.length() == length);
        }

        sender.gate.release(10);
        join(answers);

        assertThat(sender.sizes()).containsExactly(1, 1, 2, 1);
        assertThat(sender.groups.get(2).appends()).isEqualTo(appends.subList(2, 4));
    }

    @Test
    void anAppendThatRepeatsAnotherTravelsInTheNextGroup() {
        AppendQueue queue = new AppendQueue(sender, true, 1, Duration.ofNanos(150_000));
        List<CompletableFuture<QueueAnswer>> answers = new ArrayList<>();
        begin(queue, answers, new CopyOnWriteArrayList<>(), ACME, 1);
        sender.awaitSent(1);
        AppendCommand command = command(1);
        for (int i = 1; i <= 2; i++) {
            answers.add(
                    CompletableFuture.supplyAsync(() -> queue.travel(new QueuedAppend(ACME, command, LONG)), threads));
            int waiting = i;
            await().until(() -> queue.length() == waiting);
        }

        sender.gate.release(10);
        join(answers);

        assertThat(sender.sizes()).containsExactly(1, 1, 1);
    }

    @Test
    void aTurnThatComesWhileItsAppendIsAboutToGiveUpIsNotMissed() {
        AppendQueue queue = new AppendQueue(new SpinningSender(), true, 1, Duration.ZERO);
        List<CompletableFuture<Void>> callers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            callers.add(CompletableFuture.runAsync(
                    () -> {
                        for (int n = 0; n < 20_000; n++) {
                            assertThat(queue.travel(append(ACME, Duration.ofNanos(n % 50 * 2_000L))))
                                    .isNotNull();
                        }
                    },
                    threads));
        }

        await().atMost(LONG).until(() -> callers.stream().allMatch(CompletableFuture::isDone));
        callers.forEach(CompletableFuture::join);
        assertThat(queue.length()).isZero();
    }

    @Test
    void aBusyLaneKeepsNobodyElseBack() {
        sender.busy.add(ACME);
        sender.gate.release(1_000);
        AppendQueue queue = new AppendQueue(sender, true, 1, Duration.ofNanos(150_000));
        CompletableFuture<QueueAnswer> held =
                CompletableFuture.supplyAsync(() -> queue.travel(append(ACME, LONG)), threads);
        await().until(() -> sender.groups.stream().anyMatch(AppendGroup::isWaiting));

        for (int i = 0; i < 20; i++) {
            assertThat(queue.travel(append(OTHER, LONG))).isInstanceOf(QueueAnswer.Judged.class);
        }
        assertThat(held).isNotDone();
        sender.busy.remove(ACME);

        assertThat(held.orTimeout(1, TimeUnit.MINUTES).join()).isInstanceOf(QueueAnswer.Judged.class);
    }

    /** Each return costs its place in PostgreSQL's queue and a line in the server's log. */
    @Test
    void aGroupThatWaitsForALaneComesBackLessAndLessOften() {
        List<Duration> waits = new ArrayList<>();
        AppendQueue queue = new AppendQueue(
                new AppendQueue.Sender() {
                    @Override
                    public void send(AppendGroup group, Duration wait) {
                        waits.add(wait);
                        long begin = System.nanoTime();
                        while (System.nanoTime() - begin < wait.toNanos()) {
                            LockSupport.parkNanos(wait.toNanos());
                        }
                    }

                    @Override
                    public Throwable doubt(Throwable thrown) {
                        return thrown;
                    }
                },
                true,
                1,
                Duration.ZERO);

        assertThat(queue.travel(append(ACME, Duration.ofMillis(1_900)))).isInstanceOf(QueueAnswer.TooLate.class);
        assertThat(waits).startsWith(Duration.ZERO).hasSizeBetween(2, 5);
        assertThat(waits.subList(1, waits.size()))
                .allSatisfy(wait -> assertThat(wait).isLessThanOrEqualTo(Duration.ofMillis(1_900)));
    }

    @Test
    void aGroupThatDoesNotComeBackKeepsOnlyItsOwnTenantsWaiting() {
        sender.hung.add(ACME);
        sender.gate.release(1_000);
        AppendQueue queue = new AppendQueue(sender, true, 1, Duration.ofNanos(150_000));
        CompletableFuture<QueueAnswer> gone =
                CompletableFuture.supplyAsync(() -> queue.travel(append(ACME, LONG)), threads);
        sender.awaitSent(1);
        CompletableFuture<QueueAnswer> behind =
                CompletableFuture.supplyAsync(() -> queue.travel(append(ACME, LONG)), threads);

        for (int i = 0; i < 20; i++) {
            assertThat(queue.travel(append(OTHER, LONG))).isInstanceOf(QueueAnswer.Judged.class);
        }
        assertThat(gone).isNotDone();
        assertThat(behind).isNotDone();
        sender.hung.clear();

        assertThat(join(List.of(gone, behind))).hasOnlyElementsOfType(QueueAnswer.Judged.class);
    }

    @Test
    void anErrorWhileAGroupIsPutTogetherLeavesNobodyBehind() {
        AppendQueue queue = new AppendQueue(sender, true, 1, Duration.ofNanos(150_000));
        List<CompletableFuture<QueueAnswer>> answers = new ArrayList<>();
        List<CompletableFuture<QueueAnswer>> broken = new ArrayList<>();
        begin(queue, answers, new CopyOnWriteArrayList<>(), OTHER, 1);
        sender.awaitSent(1);
        // The first of the two leads and looks at the events of the second.
        begin(queue, broken, new CopyOnWriteArrayList<>(), ACME, 1);
        await().until(() -> queue.length() == 1);
        begin(queue, broken, new CopyOnWriteArrayList<>(), ACME, new Trap());
        await().until(() -> queue.length() == 2);

        sender.gate.release(10);

        join(answers);
        assertThat(broken)
                .allSatisfy(each -> assertThat(each)
                        .failsWithin(Duration.ofMinutes(1))
                        .withThrowableThat()
                        .havingRootCause()
                        .isInstanceOf(StackOverflowError.class));
        assertThat(queue.length()).isZero();
        assertThat(queue.travel(append(ACME, Duration.ofSeconds(20)))).isInstanceOf(QueueAnswer.Judged.class);
    }

    @Test
    void whoHasWaitedLongEnoughLeavesTheLineAndTheOthersGoOn() {
        sender.busy.add(ACME);
        sender.gate.release(100_000);
        AppendQueue queue = new AppendQueue(sender, true, 1, Duration.ofNanos(150_000));
        List<CompletableFuture<QueueAnswer>> impatient = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            impatient.add(
                    CompletableFuture.supplyAsync(() -> queue.travel(append(ACME, Duration.ofMillis(20))), threads));
        }
        CompletableFuture<QueueAnswer> patient =
                CompletableFuture.supplyAsync(() -> queue.travel(append(ACME, LONG)), threads);

        assertThat(join(impatient)).hasOnlyElementsOfType(QueueAnswer.TooLate.class);
        assertThat(patient).isNotDone();
        sender.busy.remove(ACME);
        assertThat(patient.orTimeout(1, TimeUnit.MINUTES).join()).isInstanceOf(QueueAnswer.Judged.class);
    }

    @Test
    void anInterruptTakesAnAppendOutOfTheLineAndIsKept() throws Exception {
        AppendQueue queue = new AppendQueue(sender, true, 1, Duration.ofNanos(150_000));
        List<CompletableFuture<QueueAnswer>> answers = new ArrayList<>();
        begin(queue, answers, new CopyOnWriteArrayList<>(), ACME, 1);
        sender.awaitSent(1);
        CompletableFuture<Boolean> kept = new CompletableFuture<>();
        CompletableFuture<QueueAnswer> answer = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            answer.complete(queue.travel(append(ACME, LONG)));
            kept.complete(Thread.currentThread().isInterrupted());
        });
        thread.start();
        await().until(() -> queue.length() == 1);

        thread.interrupt();

        assertThat(answer.get(1, TimeUnit.MINUTES)).isInstanceOf(QueueAnswer.Interrupted.class);
        assertThat(kept.get(1, TimeUnit.MINUTES)).isTrue();
        assertThat(queue.length()).isZero();
    }

    @Test
    void anInterruptOfWhoIsUnderWayIsKeptAndTheAnswerAwaited() throws Exception {
        AppendQueue queue = new AppendQueue(sender, true, 1, Duration.ofNanos(150_000));
        List<CompletableFuture<QueueAnswer>> answers = new ArrayList<>();
        begin(queue, answers, new CopyOnWriteArrayList<>(), ACME, 1);
        sender.awaitSent(1);
        begin(queue, answers, new CopyOnWriteArrayList<>(), ACME, 1);
        await().until(() -> queue.length() == 1);
        CompletableFuture<Boolean> kept = new CompletableFuture<>();
        CompletableFuture<QueueAnswer> answer = new CompletableFuture<>();
        Thread follower = new Thread(() -> {
            answer.complete(queue.travel(append(ACME, LONG)));
            kept.complete(Thread.currentThread().isInterrupted());
        });
        follower.start();
        await().until(() -> queue.length() == 2);
        sender.gate.release();
        sender.awaitSent(2);

        follower.interrupt();
        await().until(() ->
                follower.getState() == Thread.State.WAITING || follower.getState() == Thread.State.TIMED_WAITING);
        sender.gate.release(10);

        assertThat(answer.get(1, TimeUnit.MINUTES)).isInstanceOf(QueueAnswer.Judged.class);
        assertThat(kept.get(1, TimeUnit.MINUTES)).isTrue();
        join(answers);
    }

    @Test
    void whatFailsInAGroupIsSentAgainOneByOne() {
        AppendQueue queue = new AppendQueue(sender, true, 1, Duration.ofNanos(150_000));
        List<CompletableFuture<QueueAnswer>> answers = new ArrayList<>();
        begin(queue, answers, new CopyOnWriteArrayList<>(), ACME, 1);
        sender.awaitSent(1);
        for (int i = 1; i <= 3; i++) {
            begin(queue, answers, new CopyOnWriteArrayList<>(), ACME, 1);
            int waiting = i;
            await().until(() -> queue.length() == waiting);
        }
        sender.failure = new IllegalStateException("broken");

        sender.gate.release(10);

        assertThat(join(answers).subList(1, 4)).containsOnly(new QueueAnswer.Alone(sender.failure));
        sender.failure = null;
        assertThat(queue.travel(append(ACME, LONG))).isInstanceOf(QueueAnswer.Judged.class);
    }

    private static QueuedAppend append(TenantId tenant, Duration patience) {
        return new QueuedAppend(tenant, command(1), patience);
    }

    private static AppendCommand command(int events) {
        List<EncodedEvent> encoded = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            encoded.add(event(2));
        }
        return command(encoded);
    }

    private static AppendCommand command(List<EncodedEvent> events) {
        return new AppendCommand(Map.of(STREAM, ExpectedVersion.any()), events);
    }

    private static EncodedEvent event(int bytes) {
        return new EncodedEvent(
                STREAM,
                EventId.generate(),
                EventType.of("noted", 1),
                new byte[bytes - bytes / 2],
                new byte[bytes / 2],
                Optional.empty());
    }

    private void begin(
            AppendQueue queue,
            List<CompletableFuture<QueueAnswer>> answers,
            List<QueuedAppend> appends,
            TenantId tenant,
            int events) {
        begin(queue, answers, appends, tenant, command(events).events());
    }

    private void begin(
            AppendQueue queue,
            List<CompletableFuture<QueueAnswer>> answers,
            List<QueuedAppend> appends,
            TenantId tenant,
            List<EncodedEvent> events) {
        answers.add(CompletableFuture.supplyAsync(
                () -> {
                    QueuedAppend append = new QueuedAppend(tenant, command(events), LONG);
                    appends.add(append);
                    return queue.travel(append);
                },
                threads));
    }

    private static List<QueueAnswer> join(List<CompletableFuture<QueueAnswer>> answers) {
        return answers.stream()
                .map(each -> each.orTimeout(1, TimeUnit.MINUTES).join())
                .toList();
    }

    /** Events that may be looked at once. */
    private static final class Trap extends AbstractList<EncodedEvent> {

        private final EncodedEvent event = event(2);
        private final AtomicBoolean seen = new AtomicBoolean();

        @Override
        public EncodedEvent get(int index) {
            if (seen.getAndSet(true)) {
                throw new StackOverflowError();
            }
            return event;
        }

        @Override
        public int size() {
            return 1;
        }
    }

    /** Sends in some microseconds, without giving the processor away. */
    private static final class SpinningSender implements AppendQueue.Sender {

        @Override
        public void send(AppendGroup group, Duration wait) {
            long begin = System.nanoTime();
            while (System.nanoTime() - begin < 10_000) {
                Thread.onSpinWait();
            }
            group.appends().forEach(each -> each.answer(new QueueAnswer.Judged(new AppendOutcome.UnknownTenant())));
        }

        @Override
        public Throwable doubt(Throwable thrown) {
            return thrown;
        }
    }
}
