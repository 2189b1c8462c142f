package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.tck.HostTransactionContract;
import io.nexus.eventstream.tck.HostTransactions;
import io.nexus.eventstream.tck.StoreOptions;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The store keeps the contract in transactions of the host on a log that is spread over partitions. */
class PartitionedHostTransactionTest extends HostTransactionContract {

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
    public HostTransactions open(StoreOptions options, Duration laneTimeout) {
        return new PostgresHost(
                database, database.store(options).laneTimeout(laneTimeout).build());
    }
}
