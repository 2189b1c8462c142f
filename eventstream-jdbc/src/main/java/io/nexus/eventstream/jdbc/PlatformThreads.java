package io.nexus.eventstream.jdbc;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs on a platform thread what must survive an interrupt. Interrupting a virtual thread closes the socket that it is
 * blocked on (JEP 444, "I/O"), and with it the work of all whose appends are under way on it.
 */
final class PlatformThreads {

    private static final @Nullable MethodHandle IS_VIRTUAL = isVirtual();

    /** Threads come when they are needed, go after a few idle seconds, and keep no JVM alive. */
    private static final ExecutorService THREADS =
            new ThreadPoolExecutor(0, Integer.MAX_VALUE, 5, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                Thread thread = new Thread(task, "eventstream-group-commit");
                thread.setDaemon(true);
                return thread;
            });

    private PlatformThreads() {}

    /** Runs the work, in this thread if that is a platform thread; an interrupt meanwhile is kept for afterwards. */
    static void run(Runnable work) {
        if (!isVirtual(Thread.currentThread())) {
            work.run();
            return;
        }
        Future<?> done = THREADS.submit(work);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    done.get();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw rethrown(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException rethrown(@Nullable Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof RuntimeException e ? e : new IllegalStateException(failure);
    }

    private static boolean isVirtual(Thread thread) {
        try {
            return IS_VIRTUAL != null && (boolean) IS_VIRTUAL.invokeExact(thread);
        } catch (Throwable e) {
            throw new IllegalStateException("Thread.isVirtual does not throw", e);
        }
    }

    /** Returns a handle on {@code Thread.isVirtual()}, {@code null} before JDK 21. */
    private static @Nullable MethodHandle isVirtual() {
        try {
            return MethodHandles.publicLookup()
                    .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }
}
