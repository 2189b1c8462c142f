package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.spi.SnapshottingEventStore;
import io.nexus.eventstream.tck.DatabaseClock;
import io.nexus.eventstream.tck.SnapshotContract;
import io.nexus.eventstream.tck.StoreOptions;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The store in PostgreSQL keeps snapshots and counts as the contract has it. */
class PostgresSnapshotContractTest extends SnapshotContract {

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
    public SnapshottingEventStore open(StoreOptions options) {
        return database.store(options).build();
    }

    @Override
    public DatabaseClock databaseClock() {
        return database;
    }
}
