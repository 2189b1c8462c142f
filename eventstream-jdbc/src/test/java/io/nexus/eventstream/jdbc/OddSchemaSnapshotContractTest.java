package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.jdbc.schema.SchemaName;
import io.nexus.eventstream.spi.SnapshottingEventStore;
import io.nexus.eventstream.tck.DatabaseClock;
import io.nexus.eventstream.tck.SnapshotContract;
import io.nexus.eventstream.tck.StoreOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The same on partitions, in a schema of another name, on a pool whose settings suit the host and not the library. */
class OddSchemaSnapshotContractTest extends SnapshotContract {

    private static ContractDatabase database;

    @BeforeAll
    static void create() {
        database = ContractDatabase.create(
                migrator -> migrator.schema(SchemaName.of("_odd_schema_2")).partitions(4), config -> {
                    config.setAutoCommit(false);
                    config.setTransactionIsolation("TRANSACTION_SERIALIZABLE");
                    config.setConnectionInitSql(
                            "SET SESSION search_path = ''; SET SESSION TIME ZONE 'Pacific/Chatham'; "
                                    + "SET SESSION bytea_output = 'escape'");
                });
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
