package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.tck.HostTransactionContract;
import io.nexus.eventstream.tck.HostTransactions;
import io.nexus.eventstream.tck.StoreOptions;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The store in PostgreSQL keeps the contract in transactions of the host, on connections that it leaves as they are. */
class PostgresHostTransactionTest extends HostTransactionContract {

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
    public HostTransactions open(StoreOptions options, Duration laneTimeout) {
        return new PostgresHost(
                database, database.store(options).laneTimeout(laneTimeout).build());
    }
}
