package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.tck.DatabaseClock;
import io.nexus.eventstream.tck.EventStoreContract;
import io.nexus.eventstream.tck.StoreOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The store keeps the contract on a log that is spread over partitions. */
class PartitionedContractTest extends EventStoreContract {

    private static ContractDatabase database;

    @BeforeAll
    static void create() {
        database = ContractDatabase.create(migrator -> migrator.partitions(4));
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @Override
    public EventStore open(StoreOptions options) {
        return database.store(options).build();
    }

    @Override
    public DatabaseClock databaseClock() {
        return database;
    }
}
