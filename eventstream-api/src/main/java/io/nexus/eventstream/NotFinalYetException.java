package io.nexus.eventstream;

import java.time.Instant;

/**
 * A question about a recorded moment cannot be answered for ever yet, because an append could still be recorded at or
 * before it.
 *
 * <p><strong>What to do:</strong> depends on {@link #reason()}. Ask about an earlier moment, wait until the moment has
 * passed, or ask the primary server instead of a standby.
 */
public final class NotFinalYetException extends EventStreamException {

    private static final long serialVersionUID = 1L;

    /** Why the answer could still change. */
    public enum Reason {
        /** The moment lies after the database's clock. */
        IN_THE_FUTURE("it lies after the database's clock: wait until it has passed"),
        /** The database is a standby that has received nothing later than the moment. */
        STANDBY("this standby has received nothing later yet: ask the primary, or wait"),
        /** The caller's transaction looks at an older state of the log. */
        OLD_SNAPSHOT("this transaction has an older view of the log: ask in a new transaction");

        private final String words;

        Reason(String words) {
            this.words = words;
        }
    }

    private final transient TenantId tenant;
    private final transient Instant moment;
    private final Reason reason;

    /** Creates the exception. */
    public NotFinalYetException(TenantId tenant, Instant moment, Reason reason) {
        super("the log of tenant %s is not final at %s: %s".formatted(tenant, moment, reason.words), null);
        this.tenant = tenant;
        this.moment = moment;
        this.reason = reason;
    }

    /** Returns the owner of the log. */
    public TenantId tenant() {
        return tenant;
    }

    /** Returns the moment that was asked about. */
    public Instant moment() {
        return moment;
    }

    /** Returns why the answer could still change. */
    public Reason reason() {
        return reason;
    }
}
