package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.jdbc.schema.SchemaName;
import io.nexus.eventstream.tck.DatabaseClock;
import io.nexus.eventstream.tck.EventStoreContract;
import io.nexus.eventstream.tck.StoreOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The store keeps the contract in a schema of another name, on a pool whose settings suit the host and not the library. */
class OddSchemaContractTest extends EventStoreContract {

    private static ContractDatabase database;

    @BeforeAll
    static void create() {
        database = ContractDatabase.create(migrator -> migrator.schema(SchemaName.of("_odd_schema_1")), config -> {
            config.setAutoCommit(false);
            config.setTransactionIsolation("TRANSACTION_SERIALIZABLE");
            config.setConnectionInitSql("SET SESSION search_path = ''; SET SESSION TIME ZONE 'Pacific/Chatham'; "
                    + "SET SESSION bytea_output = 'escape'; SET SESSION synchronous_commit = off");
        });
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
