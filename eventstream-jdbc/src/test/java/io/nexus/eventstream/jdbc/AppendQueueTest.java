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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
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
            encoded.add(new EncodedEvent(
                    STREAM, EventId.generate(), EventType.of("noted", 1), new byte[2], new byte[2], Optional.empty()));
        }
        return new AppendCommand(Map.of(STREAM, ExpectedVersion.any()), encoded);
    }

    private void begin(
            AppendQueue queue,
            List<CompletableFuture<QueueAnswer>> answers,
            List<QueuedAppend> appends,
            TenantId tenant,
            int events) {
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

    /** Sends a group when the test lets it, and answers all in it but those of busy tenants. */
    private static final class HeldSender implements AppendQueue.Sender {

        private final Semaphore gate = new Semaphore(0);
        private final List<AppendGroup> groups = new CopyOnWriteArrayList<>();
        private final Set<TenantId> underWay = ConcurrentHashMap.newKeySet();
        private final Set<TenantId> busy = ConcurrentHashMap.newKeySet();
        private volatile @Nullable RuntimeException failure;

        @Override
        public void send(AppendGroup group, Duration wait) {
            Set<TenantId> doubled = new HashSet<>();
            group.tenants().stream().filter(each -> !underWay.add(each)).forEach(doubled::add);
            groups.add(group);
            if (group.tenants().stream().anyMatch(busy::contains)) {
                LockSupport.parkNanos(Math.min(wait.toNanos(), 5_000_000));
            } else {
                gate.acquireUninterruptibly();
            }
            underWay.removeAll(group.tenants());
            RuntimeException thrown = failure;
            if (thrown != null && group.appends().size() > 1) {
                throw thrown;
            }
            for (QueuedAppend append : group.appends()) {
                if (!doubled.isEmpty()) {
                    append.answer(new QueueAnswer.Failed(new IllegalStateException("two groups of one tenant")));
                } else if (!busy.contains(append.tenant())) {
                    append.answer(new QueueAnswer.Judged(new AppendOutcome.UnknownTenant()));
                }
            }
        }

        @Override
        public Throwable doubt(Throwable thrown) {
            return thrown;
        }

        void awaitSent(int count) {
            await().until(() -> groups.size() >= count);
        }

        List<Integer> sizes() {
            return groups.stream().map(group -> group.appends().size()).toList();
        }
    }
}
