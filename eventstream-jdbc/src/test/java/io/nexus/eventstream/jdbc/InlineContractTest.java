package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.tck.DatabaseClock;
import io.nexus.eventstream.tck.EventStoreContract;
import io.nexus.eventstream.tck.StoreOptions;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A store whose every append runs a projector keeps the same contract. */
class InlineContractTest extends EventStoreContract {

    private static ContractDatabase database;

    @BeforeAll
    static void create() {
        database = ContractDatabase.create(UnaryOperator.identity());
    }

    @AfterAll
    static void close() {
        database.close();
    }

    @Override
    public EventStore open(StoreOptions options) {
        return database.store(options).inline(new NoteCounts("counts", 1)).build();
    }

    @Override
    public DatabaseClock databaseClock() {
        return database;
    }
}
