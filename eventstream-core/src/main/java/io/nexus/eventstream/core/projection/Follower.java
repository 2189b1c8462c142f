package io.nexus.eventstream.core.projection;

import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StorageException;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.projection.EventListener;
import io.nexus.eventstream.projection.Overflow;
import io.nexus.eventstream.projection.Subscription;
import io.nexus.eventstream.spi.TenantHead;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes committed events from the log to a listener, in a thread of its own. The queue is the log: nothing is kept here but
 * a position for each tenant and one page, so a slow listener costs nobody memory or time.
 */
final class Follower implements Subscription {

    private static final Logger log = LoggerFactory.getLogger(Follower.class);
    private static final int PAGE = 100;

    private final EngineSettings settings;
    private final EventListener listener;
    private final int capacity;
    private final Overflow overflow;
    private final Map<TenantId, Position> positions = new HashMap<>();
    private final Set<TenantId> unreadable = new HashSet<>();
    private final Semaphore wakes = new Semaphore(0);
    private final Thread thread;
    private volatile boolean closed;

    Follower(EngineSettings settings, EventListener listener, int capacity, Overflow overflow) {
        this.settings = settings;
        this.listener = listener;
        this.capacity = capacity;
        this.overflow = overflow;
        settings.storage().heads().forEach(head -> positions.put(head.tenant(), head.head()));
        this.thread = Threads.daemon("eventstream-listener", this::run);
    }

    void start() {
        thread.start();
    }

    void wake() {
        if (wakes.availablePermits() == 0) {
            wakes.release();
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    private void run() {
        boolean failed = false;
        while (!closed) {
            try {
                settings.storage().heads().forEach(this::followOrLeave);
                failed = false;
                boolean unused = wakes.tryAcquire(settings.pollInterval().toNanos(), TimeUnit.NANOSECONDS);
                wakes.drainPermits();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException | StackOverflowError | AssertionError | LinkageError e) {
                if (!failed && !closed) {
                    log.warn("A listener to committed events waits, the log cannot be read: {}", Loggable.text(e));
                }
                failed = true;
                if (!paused()) {
                    return;
                }
            }
        }
    }

    private boolean paused() {
        try {
            TimeUnit.NANOSECONDS.sleep(settings.pollInterval().toNanos());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** What cannot be read of one tenant's log keeps the listener from no other's; it is tried again with the next poll. */
    private void followOrLeave(TenantHead tenant) {
        try {
            follow(tenant);
            unreadable.remove(tenant.tenant());
        } catch (StorageException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError | AssertionError | LinkageError e) {
            if (unreadable.add(tenant.tenant()) && !closed) {
                log.warn(
                        "A listener to committed events waits before an event of tenant {} that cannot be read: {}",
                        tenant.tenant(),
                        Loggable.text(e));
            }
        }
    }

    private void follow(TenantHead tenant) {
        Position at = positions.getOrDefault(tenant.tenant(), Position.START);
        while (at.isBefore(tenant.head()) && !closed) {
            at = afterSkipping(tenant.tenant(), at);
            EventPage page = settings.store()
                    .read(tenant.tenant(), EventQuery.log().after(at).pageSize(PAGE));
            for (RecordedEvent event : page.events()) {
                tell(event);
                at = event.position();
                positions.put(tenant.tenant(), at);
                if (closed) {
                    return;
                }
            }
            if (page.events().isEmpty()) {
                return;
            }
        }
    }

    private Position afterSkipping(TenantId tenant, Position at) {
        if (overflow == Overflow.WAIT) {
            return at;
        }
        long head = settings.store()
                .head(tenant)
                .map(newest -> newest.position().value())
                .orElse(0L);
        long oldest = head - capacity;
        if (oldest <= at.value()) {
            return at;
        }
        Position last = Position.of(oldest);
        try {
            listener.onSkipped(tenant, at.next(), last);
        } catch (RuntimeException | StackOverflowError | AssertionError | LinkageError e) {
            log.warn("A listener to committed events failed: {}", e.getClass().getName());
        }
        return last;
    }

    private void tell(RecordedEvent event) {
        try {
            listener.on(event);
        } catch (RuntimeException | StackOverflowError | AssertionError | LinkageError e) {
            log.warn(
                    "A listener to committed events failed on the event at position {} of tenant {}: {}",
                    event.position(),
                    event.tenant(),
                    e.getClass().getName());
        }
    }
}
