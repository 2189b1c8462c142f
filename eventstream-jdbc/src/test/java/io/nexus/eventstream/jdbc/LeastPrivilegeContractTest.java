package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.tck.DatabaseClock;
import io.nexus.eventstream.tck.EventStoreContract;
import io.nexus.eventstream.tck.StoreOptions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The store keeps the contract for a login that is a member of the writer alone, behind row-level security. */
class LeastPrivilegeContractTest extends EventStoreContract {

    private static ContractDatabase database;

    @BeforeAll
    static void create() {
        database = ContractDatabase.createFor(roles -> List.of(roles.writer()));
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
