package io.nexus.eventstream.spi;

import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.projection.Projector;
import io.nexus.eventstream.projection.Subscription;
import java.util.List;
import java.util.function.Consumer;

/** An event store that projections can be run on. */
public interface ProjectingEventStore extends EventStore {

    /** Returns where projections are kept. */
    ProjectionStorage projections();

    /** Returns the projectors that run in the transaction of each append. */
    List<Projector> inlineProjectors();

    /**
     * Has the listener called after each append of this store that was committed, in the thread of the append; it must
     * return at once. An append in a transaction of the caller is not seen.
     *
     * @return a handle that ends it
     */
    Subscription onAppend(Consumer<TenantId> listener);
}
