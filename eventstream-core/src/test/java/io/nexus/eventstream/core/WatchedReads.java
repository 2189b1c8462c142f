package io.nexus.eventstream.core;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.ForwardingEventStore;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A store that counts what is read from it, and lets a test in before and after its appends. */
final class WatchedReads extends ForwardingEventStore {

    private final EventStore delegate;
    final AtomicInteger pages = new AtomicInteger();
    final AtomicInteger events = new AtomicInteger();
    final Deque<Runnable> beforeAppends = new ArrayDeque<>();
    final Deque<Runnable> afterAppends = new ArrayDeque<>();

    WatchedReads(EventStore delegate) {
        this.delegate = delegate;
    }

    /** Returns how many events have been read since this was asked last. */
    int eventsRead() {
        return events.getAndSet(0);
    }

    @Override
    protected EventStore delegate() {
        return delegate;
    }

    @Override
    public EventPage read(TenantId tenant, EventQuery query) {
        EventPage page = super.read(tenant, query);
        pages.incrementAndGet();
        events.addAndGet(page.events().size());
        return page;
    }

    @Override
    public AppendResult appendAll(TenantId tenant, List<StreamAppend> appends) {
        next(beforeAppends);
        AppendResult result = super.appendAll(tenant, appends);
        next(afterAppends);
        return result;
    }

    private static void next(Deque<Runnable> steps) {
        Runnable step = steps.poll();
        if (step != null) {
            step.run();
        }
    }
}
