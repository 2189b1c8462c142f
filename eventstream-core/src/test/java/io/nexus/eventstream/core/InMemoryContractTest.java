package io.nexus.eventstream.core;

import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.tck.DatabaseClock;
import io.nexus.eventstream.tck.EventStoreContract;
import io.nexus.eventstream.tck.StoreOptions;
import io.nexus.eventstream.tck.TestClock;

/** The in-memory store keeps the contract. */
class InMemoryContractTest extends EventStoreContract {

    final TestClock clock = TestClock.running();

    @Override
    public EventStore open(StoreOptions options) {
        return InMemoryEventStore.builder(JsonEventSerializer.of(options.types()))
                .limits(options.limits())
                .autoCreateTenants(options.autoCreateTenants())
                .clock(clock)
                .build();
    }

    @Override
    public DatabaseClock databaseClock() {
        return clock;
    }

    @Override
    public boolean comparesCallersClock() {
        return false;
    }
}
