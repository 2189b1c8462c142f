package io.nexus.eventstream;

import java.time.Duration;
import java.util.List;

/**
 * Another transaction held the tenant's lane for longer than the configured time. Nothing was written.
 *
 * <p><strong>What to do:</strong> try again, it is safe. If it happens often, look at {@link #holders()}: a host transaction
 * that appends should append last and end at once. A prepared transaction holds the lane until somebody commits it or
 * rolls it back.
 */
public final class LaneBusyException extends EventStreamException {

    private static final long serialVersionUID = 1L;

    private final transient TenantId tenant;
    private final transient List<LaneHolder> holders;
    private final transient Duration waited;

    /** Creates the exception. */
    public LaneBusyException(TenantId tenant, List<LaneHolder> holders, Duration waited) {
        super(
                "the lane of tenant %s was busy for %d ms; nothing was written, try again. Held by: %s"
                        .formatted(
                                tenant,
                                waited.toMillis(),
                                holders.isEmpty() ? "a transaction that has ended since" : holders),
                null);
        this.tenant = tenant;
        this.holders = List.copyOf(holders);
        this.waited = waited;
    }

    /** Returns the tenant whose lane was busy. */
    public TenantId tenant() {
        return tenant;
    }

    /** Returns who held it when waiting ended, as far as the database tells; empty if it had just been set free. */
    public List<LaneHolder> holders() {
        return holders;
    }

    /** Returns how long this call waited. */
    public Duration waited() {
        return waited;
    }
}
