package io.nexus.eventstream.tck;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;

/** Threads for races. A failure in one of them fails the test that asks for its result. */
final class Racers {

    /** Longer than anything takes that is going to end. */
    private static final int GUARD_SECONDS = 120;

    private Racers() {}

    /** Does something as many times at once, everybody beginning when all are ready, and returns what came of it. */
    static <T> List<T> together(int count, IntFunction<T> work) {
        CyclicBarrier start = new CyclicBarrier(count);
        List<CompletableFuture<T>> running = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int racer = i;
            running.add(begin(() -> {
                start.await(GUARD_SECONDS, TimeUnit.SECONDS);
                return work.apply(racer);
            }));
        }
        return running.stream().map(Racers::result).toList();
    }

    /** Begins something in a thread of its own. */
    static <T> CompletableFuture<T> begin(Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        result.complete(work.call());
                    } catch (Throwable e) {
                        result.completeExceptionally(e);
                    }
                },
                "contract racer");
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    /** Waits for what was begun and returns its result. */
    static <T> T result(CompletableFuture<T> running) {
        try {
            return running.get(GUARD_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("a thread of the test failed: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("a thread of the test did not end in %d seconds".formatted(GUARD_SECONDS), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for a thread of the test", e);
        }
    }
}
