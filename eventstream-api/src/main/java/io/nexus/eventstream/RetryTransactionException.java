package io.nexus.eventstream;

/**
 * The caller's transaction runs at REPEATABLE READ or SERIALIZABLE and began before other appends of this tenant were
 * committed, so it cannot see the end of the log. The database has aborted it (SQLSTATE 40001, or a unique violation that
 * means the same).
 *
 * <p><strong>What to do:</strong> roll the transaction back and run all of it again, reads included. Where that happens
 * often, take the lane in the first statement of the transaction, or use READ COMMITTED.
 */
public final class RetryTransactionException extends EventStreamException {

    private static final long serialVersionUID = 1L;

    private final transient TenantId tenant;

    /** Creates the exception. */
    public RetryTransactionException(TenantId tenant, Throwable cause) {
        super(
                "this transaction has an older view of the log of tenant %s and cannot append to it: roll it back and run it again from its beginning"
                        .formatted(tenant),
                cause);
        this.tenant = tenant;
    }

    /** Returns the tenant to whose log the append would have gone. */
    public TenantId tenant() {
        return tenant;
    }
}
