package io.nexus.eventstream.projection;

import io.nexus.eventstream.TenantId;

/** What a projector works with while it handles an event; valid for that call only and not thread-safe. */
public interface ProjectionContext {

    /** Returns the tenant whose event it is; every row of the read model belongs to one. */
    TenantId tenant();

    /** Returns whether the event was recorded before the projection was up to date, so that mails are not sent again. */
    boolean isReplay();

    /**
     * Returns a resource of the transaction in which the read model and its checkpoint are saved, on PostgreSQL the {@code
     * java.sql.Connection}. The projector neither commits nor closes it.
     *
     * @throws IllegalArgumentException if this context has no such resource
     */
    <T> T resource(Class<T> type);
}
