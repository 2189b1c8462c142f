package io.nexus.eventstream.tck;

import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.StoreLimits;
import java.time.Clock;
import java.util.Objects;

/**
 * How a test wants its store. Whatever is not named here is as the store's own defaults have it; the clocks of store and
 * caller may be 5 minutes apart.
 *
 * @param types the events that the test appends
 * @param limits how large appends and pages may be
 * @param autoCreateTenants whether the first append of a tenant creates it
 * @param callerClock the clock of the caller, for stores that compare it with their own
 */
public record StoreOptions(EventTypes types, StoreLimits limits, boolean autoCreateTenants, Clock callerClock) {

    private static final StoreOptions DEFAULTS =
            new StoreOptions(EventTypes.of(LedgerEvent.class), StoreLimits.defaults(), true, Clock.systemUTC());

    /** Checks that nothing is missing. */
    public StoreOptions {
        Objects.requireNonNull(types, "types");
        Objects.requireNonNull(limits, "limits");
        Objects.requireNonNull(callerClock, "callerClock");
    }

    /** Returns the events of the contract, the default limits, tenants created as they come, and the system's clock. */
    public static StoreOptions defaults() {
        return DEFAULTS;
    }

    /** Returns a copy with these limits. */
    public StoreOptions withLimits(StoreLimits newLimits) {
        return new StoreOptions(types, newLimits, autoCreateTenants, callerClock);
    }

    /** Returns a copy for a store that refuses tenants which nobody has created. */
    public StoreOptions withoutAutoCreateTenants() {
        return new StoreOptions(types, limits, false, callerClock);
    }

    /** Returns a copy with this clock of the caller. */
    public StoreOptions withCallerClock(Clock newClock) {
        return new StoreOptions(types, limits, autoCreateTenants, newClock);
    }
}
