package io.nexus.eventstream;

/**
 * The caller's transaction holds the lane of one tenant and asked for that of another. Two such transactions in opposite
 * order would wait for each other. Nothing was written and the transaction stays usable.
 *
 * <p><strong>What to do:</strong> use one transaction per tenant, or take all lanes in one call before the first append.
 */
public final class SecondTenantException extends EventStreamException {

    private static final long serialVersionUID = 1L;

    private final transient TenantId tenant;

    /** Creates the exception. */
    public SecondTenantException(TenantId tenant) {
        super(
                "this transaction holds the lane of another tenant and cannot take that of tenant %s as well; nothing was written: use one transaction per tenant, or lock all lanes in one call first"
                        .formatted(tenant),
                null);
        this.tenant = tenant;
    }

    /** Returns the tenant whose lane was refused. */
    public TenantId tenant() {
        return tenant;
    }
}
