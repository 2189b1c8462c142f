package io.nexus.eventstream.examples.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.examples.ReadModelStore;
import io.nexus.eventstream.localpostgres.LocalPostgres;
import io.nexus.eventstream.projection.RebuildOptions;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

/** The table of current stock, beside what the warehouse says. */
class CurrentStockTest {

    private static final TenantId ACME = TenantId.of("acme");
    private static final TenantId OTHER = TenantId.of("other");

    @Test
    void everyMovementReachesTheTableOfItsTenantAlsoWhenItIsRebuilt() {
        try (ReadModelStore opened = ReadModelStore.at(LocalPostgres.server().newDatabase(), 2)) {
            Warehouse warehouse = new Warehouse(opened.events(ACME));
            warehouse.add("TEA", new BigDecimal("40.5"), "PO-1");
            warehouse.reserve("TEA", new BigDecimal("10"), "SO-1");
            warehouse.release("TEA", new BigDecimal("2"), "SO-1");
            warehouse.ship("TEA", new BigDecimal("7"), "SO-1");
            warehouse.adjust("TEA", new BigDecimal("-1.25"), "Count");
            warehouse.add("JAM", BigDecimal.ONE, "PO-2");
            new Warehouse(opened.events(OTHER)).add("TEA", BigDecimal.TEN, "PO-1");
            opened.engine().run();

            CurrentStockReader reader = new CurrentStockReader(opened.engine(), opened.dataSource());
            assertThat(reader.table(ACME)).isEqualTo("public.current_stock_v1_a");
            assertStock(reader);
            opened.engine().rebuild(ACME, CurrentStock.NAME, new RebuildOptions(4, true));
            opened.engine().run();
            assertThat(reader.table(ACME)).isEqualTo("public.current_stock_v1_b");
            assertStock(reader);
        }
    }

    private static void assertStock(CurrentStockReader reader) {
        assertThat(reader.all(ACME))
                .containsOnlyKeys("JAM", "TEA")
                .containsEntry("JAM", new Stock(BigDecimal.ONE, BigDecimal.ZERO))
                .containsEntry("TEA", new Stock(new BigDecimal("32.25"), BigDecimal.ONE));
        assertThat(reader.withAvailable(ACME, new BigDecimal("31.25"))).containsOnlyKeys("TEA");
        assertThat(reader.withAvailable(ACME, new BigDecimal("31.26"))).isEmpty();
        assertThat(reader.all(OTHER))
                .containsOnlyKeys("TEA")
                .containsEntry("TEA", new Stock(BigDecimal.TEN, BigDecimal.ZERO));
    }
}
