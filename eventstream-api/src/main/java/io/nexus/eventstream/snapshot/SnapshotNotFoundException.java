package io.nexus.eventstream.snapshot;

import io.nexus.eventstream.EventStreamException;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;

/**
 * There is no snapshot where one was demanded.
 *
 * <p><strong>What to do:</strong> create one, or load the state in the usual way, which reads events where there is no
 * snapshot.
 */
public final class SnapshotNotFoundException extends EventStreamException {

    private static final long serialVersionUID = 1L;

    private final transient TenantId tenant;
    private final transient StreamId stream;

    /** Creates the exception. */
    public SnapshotNotFoundException(TenantId tenant, StreamId stream) {
        super(
                "stream %s of tenant %s has no snapshot: create one, or load the state from its events"
                        .formatted(stream, tenant),
                null);
        this.tenant = tenant;
        this.stream = stream;
    }

    /** Returns the owner of the log. */
    public TenantId tenant() {
        return tenant;
    }

    /** Returns the stream that was asked for. */
    public StreamId stream() {
        return stream;
    }
}
