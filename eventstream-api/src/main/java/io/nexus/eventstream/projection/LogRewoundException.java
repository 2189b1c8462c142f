package io.nexus.eventstream.projection;

import io.nexus.eventstream.EventStreamException;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;

/**
 * A projection has handled events that the log does not hold any more: the log was restored from an older backup, or a
 * standby without the newest events took over. The read model knows of things that never happened, so the projection
 * stops.
 *
 * <p><strong>What to do:</strong> find out which of the two is right. If the log is, rebuild the projection. If the log must
 * be brought back first, do so before anything is appended.
 */
public final class LogRewoundException extends EventStreamException {

    private static final long serialVersionUID = 1L;

    private final transient TenantId tenant;
    private final transient Position checkpoint;

    /** Creates the exception. */
    public LogRewoundException(String projection, TenantId tenant, Position checkpoint) {
        super(
                "projection %s of tenant %s has handled the event at position %s, which the log does not hold or holds with another hash: the log was rewound, by a restore or a failover; rebuild the projection if the log is right"
                        .formatted(projection, tenant, checkpoint),
                null);
        this.tenant = tenant;
        this.checkpoint = checkpoint;
    }

    /** Returns the tenant whose log it is. */
    public TenantId tenant() {
        return tenant;
    }

    /** Returns the position that the projection had come to. */
    public Position checkpoint() {
        return checkpoint;
    }
}
