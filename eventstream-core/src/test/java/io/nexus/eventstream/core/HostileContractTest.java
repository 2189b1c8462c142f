package io.nexus.eventstream.core;

import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.tck.StoreOptions;

/** The contract's tests demand no more than the contract: a store that makes use of all its freedom passes them. */
class HostileContractTest extends InMemoryContractTest {

    @Override
    public EventStore open(StoreOptions options) {
        return new HostileStore(super.open(options));
    }
}
