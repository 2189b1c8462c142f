package io.nexus.eventstream.core;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.spi.ForwardingEventStore;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * A store that is as unpleasant as the contract allows: it takes its time, and its pages are tiny and of another size each
 * time. Whoever passes the contract's tests with it does not lean on what is not promised.
 */
final class HostileStore extends ForwardingEventStore {

    private static final int LARGEST_PAGE = 3;

    private final EventStore delegate;

    HostileStore(EventStore delegate) {
        this.delegate = delegate;
    }

    @Override
    protected EventStore delegate() {
        return delegate;
    }

    @Override
    public AppendResult appendAll(TenantId tenant, List<StreamAppend> appends) {
        dawdle();
        AppendResult result = super.appendAll(tenant, List.copyOf(appends));
        dawdle();
        return result;
    }

    @Override
    public EventPage read(TenantId tenant, EventQuery query) {
        dawdle();
        int asked = query.pageSize().orElse(LARGEST_PAGE);
        int size = Math.min(asked, ThreadLocalRandom.current().nextInt(1, LARGEST_PAGE + 1));
        return super.read(tenant, query.pageSize(size));
    }

    @Override
    public EventVersion version(TenantId tenant, StreamId stream) {
        dawdle();
        return super.version(tenant, stream);
    }

    @Override
    public Optional<LogHead> head(TenantId tenant) {
        dawdle();
        return super.head(tenant);
    }

    /** Gives way to other threads for up to a tenth of a millisecond, every tenth time. */
    private static void dawdle() {
        if (ThreadLocalRandom.current().nextInt(10) == 0) {
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(100_000));
        }
    }
}
