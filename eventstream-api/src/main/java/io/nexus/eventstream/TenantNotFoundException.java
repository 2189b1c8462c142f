package io.nexus.eventstream;

/**
 * An append named a tenant that does not exist. Nothing was written.
 *
 * <p><strong>What to do:</strong> check the tenant's id, or create it with {@link EventStore#ensureTenant}, once, where the
 * host takes on a new tenant. A transaction of the caller never creates a tenant by itself, because all other first
 * appends of that tenant would have to wait for it to end.
 */
public final class TenantNotFoundException extends EventStreamException {

    private static final long serialVersionUID = 1L;

    private final transient TenantId tenant;

    /** Creates the exception. */
    public TenantNotFoundException(TenantId tenant) {
        super(
                "tenant %s does not exist; nothing was written: create it with ensureTenant before its first append"
                        .formatted(tenant),
                null);
        this.tenant = tenant;
    }

    /** Returns the tenant that was asked for. */
    public TenantId tenant() {
        return tenant;
    }
}
