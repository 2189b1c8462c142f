package io.nexus.eventstream.privacy;

import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.core.InMemoryEventStore;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.tck.DatabaseClock;
import io.nexus.eventstream.tck.EventStoreContract;
import io.nexus.eventstream.tck.StoreOptions;
import io.nexus.eventstream.tck.TestClock;

/** A store whose payloads and users are encrypted keeps the contract. */
class EncryptedContractTest extends EventStoreContract {

    private final TestClock clock = TestClock.running();
    private final SubjectKeys keys = SubjectKeys.of(new InMemorySubjectKeyStore(), Shop.MASTER);

    @Override
    public EventStore open(StoreOptions options) {
        EncryptingEventSerializer serializer = EncryptingEventSerializer.builder(
                        JsonEventSerializer.of(options.types()), keys)
                .personalMetadata()
                .encryptPayloads(true)
                .build();
        return InMemoryEventStore.builder(serializer)
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

    @Override
    public boolean encryptsPayloads() {
        return true;
    }
}
