package io.nexus.eventstream.projection;

import io.nexus.eventstream.EventStreamException;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import org.jspecify.annotations.Nullable;

/**
 * A projector failed on an event. Its read model is unchanged since the event before.
 *
 * <p><strong>What to do:</strong> the cause says what failed. Mend the projector, or the data that it ran into, and resume
 * the projection; it goes on with the same event.
 */
public final class ProjectionException extends EventStreamException {

    private static final long serialVersionUID = 1L;

    private final String projection;
    private final transient TenantId tenant;
    private final transient Position position;

    /** Creates the exception. */
    public ProjectionException(String projection, TenantId tenant, Position position, @Nullable Throwable cause) {
        super(
                "projection %s of tenant %s failed at position %s, its read model is unchanged since the event before: mend what the cause says and resume it"
                        .formatted(projection, tenant, position),
                cause);
        this.projection = projection;
        this.tenant = tenant;
        this.position = position;
    }

    /** Returns the projector's name. */
    public String projection() {
        return projection;
    }

    /** Returns the tenant whose event it was. */
    public TenantId tenant() {
        return tenant;
    }

    /** Returns the position of the event. */
    public Position position() {
        return position;
    }
}
