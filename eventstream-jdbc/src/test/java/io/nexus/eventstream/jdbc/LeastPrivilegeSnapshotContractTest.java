package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.spi.SnapshottingEventStore;
import io.nexus.eventstream.tck.DatabaseClock;
import io.nexus.eventstream.tck.SnapshotContract;
import io.nexus.eventstream.tck.StoreOptions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Snapshots keep the contract for a login that is a member of the writer and the engine. */
class LeastPrivilegeSnapshotContractTest extends SnapshotContract {

    private static ContractDatabase database;

    @BeforeAll
    static void create() {
        database = ContractDatabase.createFor(roles -> List.of(roles.writer(), roles.engine()));
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
