package io.nexus.eventstream.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.examples.ReadModelStore;
import io.nexus.eventstream.examples.finance.AccountBalanceReader;
import io.nexus.eventstream.examples.finance.AccountBalances;
import io.nexus.eventstream.examples.finance.Ledger;
import io.nexus.eventstream.examples.inventory.CurrentStock;
import io.nexus.eventstream.examples.inventory.CurrentStockReader;
import io.nexus.eventstream.examples.inventory.Warehouse;
import io.nexus.eventstream.localpostgres.LocalPostgres;
import io.nexus.eventstream.projection.RebuildOptions;
import java.math.BigDecimal;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The read models of the data that comes with the program. */
class BundledReadModelsTest {

    private static final TenantId TENANT = TenantId.of(Quickstart.TENANT);

    @Test
    void readModelsEqualTheFoldsAfterTheImportAndAfterARebuild() {
        String jdbcUrl = LocalPostgres.server().newDatabase();
        assertThat(Run.with("jdbc.url", jdbcUrl).status()).isZero();
        try (ReadModelStore opened = ReadModelStore.at(jdbcUrl, 300)) {
            assertTablesAreFolds(opened, "_v1_a");

            opened.engine().rebuild(TENANT, AccountBalances.NAME, new RebuildOptions(1, true));
            opened.engine().rebuild(TENANT, CurrentStock.NAME, new RebuildOptions(2, false));
            opened.engine().run();
            assertTablesAreFolds(opened, "_v1_b");
        }
    }

    private static void assertTablesAreFolds(ReadModelStore opened, String slot) {
        EventStreamManager events = opened.events(TENANT);
        AccountBalanceReader balances = new AccountBalanceReader(opened.engine(), opened.dataSource());
        CurrentStockReader stock = new CurrentStockReader(opened.engine(), opened.dataSource());
        TreeMap<String, BigDecimal> table = new TreeMap<>();
        TreeMap<String, BigDecimal> folded = new TreeMap<>();
        balances.all(TENANT).forEach(row -> table.put(row.account() + " " + row.currency(), row.balance()));
        new Ledger(events)
                .trialBalance(AsOf.now())
                .accounts()
                .forEach((account, balance) ->
                        balance.amounts().forEach((currency, amount) -> folded.put(account + " " + currency, amount)));

        assertThat(balances.table(TENANT)).endsWith(slot);
        assertThat(table).hasSize(58).isEqualTo(folded);
        assertThat(stock.table(TENANT)).endsWith(slot);
        assertThat(stock.all(TENANT))
                .hasSize(60)
                .isEqualTo(new Warehouse(events).stockList(AsOf.now()).stocks());
    }
}
