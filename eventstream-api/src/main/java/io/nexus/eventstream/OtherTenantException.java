package io.nexus.eventstream;

import org.jspecify.annotations.Nullable;

/**
 * The database session is bound to one tenant and the call is for another. Nothing was read or written. A refused append, a
 * refused lane and a refused question about a moment leave a transaction of the caller usable; other calls abort it.
 *
 * <p><strong>What to do:</strong> bind the session to the tenant that the call is for, or not at all: the library does so by
 * itself, for one call. Where sessions are pooled, bind them for a transaction only.
 */
public final class OtherTenantException extends EventStreamException {

    private static final long serialVersionUID = 1L;

    private final transient TenantId tenant;

    /** Creates the exception; the cause is what the database said, if it is more than its refusal. */
    public OtherTenantException(TenantId tenant, @Nullable Throwable cause) {
        super(
                "this database session is bound to another tenant than %s, which the call is for; nothing was read or written: bind it to that tenant or to none"
                        .formatted(tenant),
                cause);
        this.tenant = tenant;
    }

    /** Returns the tenant that the call was for. */
    public TenantId tenant() {
        return tenant;
    }
}
