package io.nexus.eventstream.proof;

import io.nexus.eventstream.EventStreamException;
import io.nexus.eventstream.TenantId;

/**
 * An import found events in the tenant's log. Nothing was written.
 *
 * <p><strong>What to do:</strong> import into a database in which the tenant has no events. A log is never written over.
 */
public final class LogNotEmptyException extends EventStreamException {

    private static final long serialVersionUID = 1L;

    private final transient TenantId tenant;

    /** Creates the exception. */
    public LogNotEmptyException(TenantId tenant) {
        super("tenant %s has events already; a log is imported where there is none".formatted(tenant), null);
        this.tenant = tenant;
    }

    /** Returns the owner of the log. */
    public TenantId tenant() {
        return tenant;
    }
}
