package io.nexus.eventstream.faults;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.InvocationInterceptor.Invocation;

/**
 * How long the whole suite may take ({@code faults.seconds}). The scenario that is running a minute before the end is interrupted
 * and fails, so that it can tidy up and say so; what does not heed that is ended by Maven.
 */
final class TimeLimit {

    private static final Duration MOST = Duration.ofSeconds(Long.getLong("faults.seconds", 900));
    private static final Duration TO_TIDY_UP = Duration.ofMinutes(1);

    private static final ScheduledExecutorService TIMER = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "time limit");
        thread.setDaemon(true);
        return thread;
    });

    private TimeLimit() {}

    @SuppressWarnings("SystemOut") // whoever waits is to read why it ends
    static void within(String scenario, Invocation<Void> invocation) throws Throwable {
        String late = "the fault suite may take %d s (-Dfaults.seconds), and had not ended a minute before in: %s"
                .formatted(MOST.toSeconds(), scenario);
        long left = MOST.minus(TO_TIDY_UP).toMillis()
                - ManagementFactory.getRuntimeMXBean().getUptime();
        if (left <= 0) {
            throw new AssertionError(late);
        }
        Thread running = Thread.currentThread();
        ScheduledFuture<?> end = TIMER.schedule(
                () -> {
                    System.out.println(late);
                    running.interrupt();
                },
                left,
                TimeUnit.MILLISECONDS);
        try {
            invocation.proceed();
        } catch (Throwable e) {
            throw end.isDone() ? new AssertionError(late, e) : e;
        } finally {
            end.cancel(false);
            boolean unused = Thread.interrupted();
        }
        if (end.isDone() && !end.isCancelled()) {
            throw new AssertionError(late);
        }
    }
}
