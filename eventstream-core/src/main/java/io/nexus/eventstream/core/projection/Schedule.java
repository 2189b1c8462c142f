package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.DueProjection;
import io.nexus.eventstream.spi.ProjectionKey;
import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is next. Every projection with something to do stands in one queue, has one turn of one page, and stands at its end
 * again, so a tenant with a million events to go takes no more than its place in the round. No projection has two turns at a
 * time in this engine.
 */
final class Schedule {

    private static final Logger log = LoggerFactory.getLogger(Schedule.class);

    private final EngineSettings settings;
    private final Executor executor;
    private final HeldProjections held;
    private final Builds builds;
    private final Function<ProjectionKey, Next> turns;
    private final Lags lags;
    private final ScheduledThreadPoolExecutor timer;
    private final ExecutorService beginner =
            Executors.newSingleThreadExecutor(Threads.daemons("eventstream-beginnings"));
    private final AtomicBoolean beginning = new AtomicBoolean();
    private final Set<TenantId> toLookAt = ConcurrentHashMap.newKeySet();

    // All guarded by lock.
    private final Object lock = new Object();
    private final LinkedHashSet<ProjectionKey> ready = new LinkedHashSet<>();
    private final Set<ProjectionKey> waiting = new HashSet<>();
    private final Set<ProjectionKey> running = new HashSet<>();
    private final Set<ProjectionKey> again = new HashSet<>();
    private boolean started;
    private boolean closed;
    private boolean pollFailed;

    Schedule(
            EngineSettings settings,
            Executor executor,
            HeldProjections held,
            Builds builds,
            Function<ProjectionKey, Next> turns,
            Lags lags) {
        this.settings = settings;
        this.executor = executor;
        this.held = held;
        this.builds = builds;
        this.turns = turns;
        this.lags = lags;
        this.timer = new ScheduledThreadPoolExecutor(1, task -> Threads.daemon("eventstream-projections-timer", task));
        timer.setRemoveOnCancelPolicy(true);
    }

    void start() {
        synchronized (lock) {
            started = true;
        }
        ScheduledFuture<?> unused = timer.scheduleWithFixedDelay(
                () -> poll(Optional.empty()), 0, settings.pollInterval().toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Stops giving turns and waits for those that are being taken. */
    void close(Duration atMost) {
        Set<ProjectionKey> stuck;
        synchronized (lock) {
            closed = true;
            ready.clear();
            long end = System.nanoTime() + atMost.toNanos();
            while (!running.isEmpty() && System.nanoTime() < end) {
                try {
                    TimeUnit.NANOSECONDS.timedWait(lock, Math.max(1, end - System.nanoTime()));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    break;
                }
            }
            stuck = Set.copyOf(running);
        }
        timer.shutdownNow();
        beginner.shutdownNow();
        held.all().forEach(projection -> {
            if (stuck.contains(projection.key())) {
                // Its row is locked by the turn that does not end; to let it go would wait for that.
                return;
            }
            try {
                builds.letGo(projection.key());
            } catch (RuntimeException e) {
                log.debug("The lease of {} runs out by itself", projection.key(), e);
            }
        });
    }

    /** Something was appended for a tenant. Called in the thread of the append. */
    void wake(TenantId tenant) {
        if (!isStarted()) {
            return;
        }
        List<ProjectionKey> keys = held.keysOf(tenant);
        keys.forEach(this::add);
        if (keys.size() < settings.behindTheLog() && toLookAt.add(tenant)) {
            try {
                timer.execute(() -> {
                    toLookAt.remove(tenant);
                    poll(Optional.of(tenant));
                });
            } catch (RejectedExecutionException e) {
                toLookAt.remove(tenant);
            }
        }
    }

    /** Looks at everything once more, soon. */
    void lookAgain() {
        if (!isStarted()) {
            return;
        }
        try {
            timer.execute(() -> poll(Optional.empty()));
        } catch (RejectedExecutionException e) {
            log.debug("Not looked again, the engine is being closed", e);
        }
    }

    private void poll(Optional<TenantId> tenant) {
        try {
            List<DueProjection> due =
                    settings.storage().due(settings.projectors(), settings.owner(), tenant, DueProjection.MOST_AT_ONCE);
            pollFailed = false;
            builds.toWorkOn(due.stream()
                            .filter(each -> each.stored().isPresent())
                            .toList())
                    .forEach(this::add);
            begin(due.stream().filter(each -> each.stored().isEmpty()).toList());
            if (tenant.isEmpty()) {
                lags.look(due);
            }
        } catch (RuntimeException e) {
            if (!pollFailed) {
                log.warn(
                        "Looking for projections with something to do failed; it is tried again: {}", Loggable.text(e));
            }
            pollFailed = true;
        } catch (Error e) {
            // Thrown on, it would end the polling for ever.
            log.error(
                    "Looking for projections with something to do ended in an error of the virtual machine: {}",
                    e.getClass().getName());
        }
    }

    /**
     * Begins what is missing, in a thread of its own and no more than one poll has found. A projector that takes long to make
     * or to empty its tables keeps the others of its name waiting, of all tenants and nodes; those are waited for here, so that
     * neither the polling nor a worker does.
     */
    private void begin(List<DueProjection> missing) {
        if (missing.isEmpty() || !beginning.compareAndSet(false, true)) {
            return;
        }
        try {
            beginner.execute(() -> {
                try {
                    builds.toWorkOn(missing).forEach(this::add);
                } catch (RuntimeException e) {
                    log.warn(
                            "Beginning projections failed; it is tried again with the next poll: {}", Loggable.text(e));
                } catch (Error e) {
                    log.error(
                            "Beginning projections ended in an error of the virtual machine: {}",
                            e.getClass().getName());
                } finally {
                    beginning.set(false);
                }
            });
        } catch (RuntimeException | OutOfMemoryError e) {
            beginning.set(false);
            log.debug("Nothing begins, the engine is being closed or there is no thread", e);
        }
    }

    private void add(ProjectionKey key) {
        synchronized (lock) {
            if (closed || waiting.contains(key)) {
                return;
            }
            if (running.contains(key)) {
                again.add(key);
                return;
            }
            ready.add(key);
        }
        dispatch();
    }

    /** Returns whether the work is done here, and not in the thread of whoever calls for it. */
    private boolean isStarted() {
        synchronized (lock) {
            return started;
        }
    }

    private boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }

    private void dispatch() {
        while (true) {
            ProjectionKey key;
            synchronized (lock) {
                Iterator<ProjectionKey> first = ready.iterator();
                if (closed || running.size() >= settings.workers() || !first.hasNext()) {
                    return;
                }
                key = first.next();
                first.remove();
                running.add(key);
            }
            try {
                executor.execute(() -> turn(key));
            } catch (RuntimeException | OutOfMemoryError e) {
                // A host's executor may throw what it likes; the second is what a thread that cannot be made throws.
                log.warn(
                        "The executor refused a projection's turn; it is tried again with the next poll: {}",
                        e.getClass().getName());
                ended(key, Next.rest(0));
                return;
            }
        }
    }

    private void turn(ProjectionKey key) {
        Next next = Next.rest(0);
        try {
            // A task that an executor kept until the engine was closed must not take a lease that nobody lets go.
            if (!isClosed()) {
                next = turns.apply(key);
            }
        } catch (Error e) {
            log.error(
                    "A turn of {} ended in an error of the virtual machine: {}",
                    key,
                    e.getClass().getName());
            throw e;
        } finally {
            ended(key, next);
        }
        dispatch();
    }

    private void ended(ProjectionKey key, Next next) {
        synchronized (lock) {
            running.remove(key);
            boolean wanted = again.remove(key);
            if (closed) {
                lock.notifyAll();
                return;
            }
            if (next.delay().isEmpty() && !wanted) {
                return;
            }
            Duration delay = next.delay().orElse(Duration.ZERO);
            if (delay.isZero()) {
                ready.add(key);
                return;
            }
            waiting.add(key);
            ScheduledFuture<?> unused = timer.schedule(() -> waited(key), delay.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void waited(ProjectionKey key) {
        synchronized (lock) {
            waiting.remove(key);
        }
        add(key);
    }
}
