package io.nexus.eventstream.projection;

import io.nexus.eventstream.EventStreamException;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import java.time.Duration;

/**
 * A projection did not reach a position in time. The events are recorded; only the read model is behind.
 *
 * <p><strong>What to do:</strong> show what there is, or wait again. If it happens often, look at the projection's status:
 * it says what it waits for, and whether any engine runs it.
 */
public final class ProjectionTimeoutException extends EventStreamException {

    private static final long serialVersionUID = 1L;

    private final String projection;
    private final transient TenantId tenant;
    private final transient Position position;
    private final transient Position checkpoint;

    /** Creates the exception. */
    public ProjectionTimeoutException(
            String projection, TenantId tenant, Position position, Position checkpoint, Duration waited) {
        super(
                "projection %s of tenant %s has come to position %s, not to %s, within %d ms: the events are recorded and the read model is behind; wait again, or ask for the projection's status"
                        .formatted(projection, tenant, checkpoint, position, waited.toMillis()),
                null);
        this.projection = projection;
        this.tenant = tenant;
        this.position = position;
        this.checkpoint = checkpoint;
    }

    /** Returns the projector's name. */
    public String projection() {
        return projection;
    }

    /** Returns the tenant whose read model it is. */
    public TenantId tenant() {
        return tenant;
    }

    /** Returns the position that was waited for. */
    public Position position() {
        return position;
    }

    /** Returns the position that the projection has come to. */
    public Position checkpoint() {
        return checkpoint;
    }
}
