package io.nexus.eventstream.jdbc;

import io.nexus.eventstream.tck.HostTransactionContract;
import io.nexus.eventstream.tck.HostTransactions;
import io.nexus.eventstream.tck.StoreOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The store keeps the contract in transactions of a host that is a member of the writer alone. */
class LeastPrivilegeHostTransactionTest extends HostTransactionContract {

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
    public HostTransactions open(StoreOptions options, Duration laneTimeout) {
        return new PostgresHost(
                database, database.store(options).laneTimeout(laneTimeout).build());
    }
}
