package io.nexus.eventstream.docs.guides;

import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.core.InMemoryEventStore;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.tck.DatabaseClock;
import io.nexus.eventstream.tck.EventStoreContract;
import io.nexus.eventstream.tck.StoreOptions;
import io.nexus.eventstream.tck.TestClock;

class OwnStoreContractTest extends EventStoreContract {

    private final TestClock clock = TestClock.running();

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
