package io.nexus.eventstream.spi;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.LogHead;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.snapshot.SnapshotRepository;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A store that passes every call on to another, for decorators and for stores that are put together from a storage and a
 * serializer. Convenience methods end in these calls, so overriding one of them is enough.
 */
public abstract class ForwardingEventStore implements EventStore {

    /** For subclasses. */
    protected ForwardingEventStore() {}

    /** Returns the store that does the work; always the same. */
    protected abstract EventStore delegate();

    /**
     * Returns where states made of these events may be kept, if that is to be over the given repository; see {@link
     * EventSerializer#protecting}. By default what the store behind it says.
     */
    public SnapshotRepository protecting(SnapshotRepository snapshots) {
        return delegate() instanceof ForwardingEventStore inner ? inner.protecting(snapshots) : snapshots;
    }

    @Override
    public AppendResult appendAll(TenantId tenant, List<StreamAppend> appends) {
        return delegate().appendAll(tenant, appends);
    }

    @Override
    public void ensureTenant(TenantId tenant) {
        delegate().ensureTenant(tenant);
    }

    @Override
    public EventPage read(TenantId tenant, EventQuery query) {
        return delegate().read(tenant, query);
    }

    @Override
    public EventVersion version(TenantId tenant, StreamId stream) {
        return delegate().version(tenant, stream);
    }

    @Override
    public Optional<LogHead> head(TenantId tenant) {
        return delegate().head(tenant);
    }

    @Override
    public Optional<RecordedEvent> find(TenantId tenant, EventId id) {
        return delegate().find(tenant, id);
    }

    @Override
    public Position positionAt(TenantId tenant, Instant recordedAt) {
        return delegate().positionAt(tenant, recordedAt);
    }

    @Override
    public boolean masks() {
        return delegate().masks();
    }
}
