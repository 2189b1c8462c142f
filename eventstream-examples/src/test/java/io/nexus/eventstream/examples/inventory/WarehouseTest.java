package io.nexus.eventstream.examples.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.examples.Backend;
import io.nexus.eventstream.spi.ForwardingEventStore;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a warehouse promises, on every store. */
class WarehouseTest {

    private static final int THREADS = 16;

    @ParameterizedTest
    @EnumSource
    void commandsBecomeTheStock(Backend backend) {
        Warehouse warehouse = new Warehouse(backend.open());
        warehouse.add("TEA", quantity("40.5"), "PO-1");
        warehouse.reserve("TEA", quantity("10"), "SO-1");
        warehouse.release("TEA", quantity("2"), "SO-1");
        warehouse.ship("TEA", quantity("9"), "DO-1");
        warehouse.adjust("TEA", quantity("-0.25"), "Count");

        assertThat(warehouse.stock("TEA")).isEqualTo(new Stock(quantity("31.25"), quantity("0")));
        assertThat(warehouse.stockAt("TEA", AsOf.version(EventVersion.of(3))))
                .isEqualTo(new Stock(quantity("40.5"), quantity("8")));
        assertThat(warehouse.stock("COFFEE")).isEqualTo(Stock.NONE);
    }

    @ParameterizedTest
    @EnumSource
    void refusedCommandRecordsNothing(Backend backend) {
        EventStreamManager events = backend.open();
        Warehouse warehouse = new Warehouse(events);
        warehouse.add("TEA", quantity("4"), "PO-1");

        assertThatExceptionOfType(InsufficientStockException.class)
                .isThrownBy(() -> warehouse.ship("TEA", quantity("5"), "DO-1"))
                .withMessage("cannot ship 5, 4 on hand");
        assertThat(events.version(Warehouse.sku("TEA"))).isEqualTo(EventVersion.first());
    }

    @ParameterizedTest
    @EnumSource
    void movementIsRecordedOnceHoweverOftenItIsAskedFor(Backend backend) {
        EventStreamManager events = backend.open();
        Warehouse warehouse = new Warehouse(events);
        StockMovement in = movement("1", Movement.ADDED, "10", "2025-03-31T00:00:00Z");
        StockMovement out = movement("2", Movement.SHIPPED, "10", "2025-04-01T00:00:00Z");

        assertThat(List.of(warehouse.record(in), warehouse.record(out))).containsOnly(true);
        assertThat(List.of(warehouse.record(in), warehouse.record(out))).containsOnly(false);
        assertThat(events.version(Warehouse.sku("TEA"))).isEqualTo(EventVersion.of(2));
    }

    @ParameterizedTest
    @EnumSource
    void stockListOfADayLeavesOutWhatHappenedLater(Backend backend) {
        Warehouse warehouse = new Warehouse(backend.open());
        warehouse.record(movement("1", Movement.ADDED, "10", "2025-03-31T23:59:59.999999Z"));
        warehouse.record(movement("2", Movement.RESERVED, "4", "2025-04-01T00:00:00Z"));

        StockList march = warehouse.stockList(AsOf.occurred(LocalDate.of(2025, 3, 31)));
        assertThat(march.stocks())
                .containsOnlyKeys("TEA")
                .containsEntry("TEA", new Stock(quantity("10"), quantity("0")));
        assertThat(march.lastOccurredAt()).contains(Instant.parse("2025-03-31T23:59:59.999999Z"));
        assertThat(warehouse.stockList(AsOf.now()).stocks())
                .containsEntry("TEA", new Stock(quantity("10"), quantity("4")));
        assertThat(warehouse.stockList(AsOf.occurred(LocalDate.of(2025, 3, 30))).stocks())
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void loserOfARaceDecidesAgain(Backend backend) {
        EventStreamManager events = backend.open();
        Warehouse warehouse = new Warehouse(events);
        warehouse.add("TEA", quantity("10"), "PO-1");
        Warehouse slow = new Warehouse(events.with(new Overtaken(events, 3)));

        slow.ship("TEA", quantity("4"), "DO-1");

        assertThat(warehouse.stock("TEA").onHand()).isEqualByComparingTo("3");
        assertThatExceptionOfType(InsufficientStockException.class)
                .isThrownBy(
                        () -> new Warehouse(events.with(new Overtaken(events, 1))).ship("TEA", quantity("3"), "DO-2"))
                .withMessage("cannot ship 3, 2 on hand");
    }

    @ParameterizedTest
    @EnumSource
    void raceThatIsLostEveryTimeEnds(Backend backend) {
        EventStreamManager events = backend.open();
        new Warehouse(events).add("TEA", quantity("1000"), "PO-1");
        Overtaken store = new Overtaken(events, Integer.MAX_VALUE);

        assertThatExceptionOfType(ConcurrencyException.class)
                .isThrownBy(() -> new Warehouse(events.with(store)).ship("TEA", quantity("1"), "DO-1"));
        assertThat(store.appends).isEqualTo(20);
    }

    @ParameterizedTest
    @EnumSource
    void sixteenWritersNeverSellMoreThanThereIs(Backend backend) throws Exception {
        EventStreamManager events = backend.open();
        Warehouse warehouse = new Warehouse(events);
        warehouse.add("TEA", quantity("40"), "PO-1");
        CyclicBarrier start = new CyclicBarrier(THREADS);
        Callable<Integer> writer = () -> {
            start.await();
            int shipped = 0;
            for (int order = 0; order < 4; order++) {
                try {
                    warehouse.ship("TEA", quantity("1"), "DO");
                    shipped++;
                } catch (InsufficientStockException e) {
                    assertThat(e.there()).isZero();
                }
            }
            return shipped;
        };
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            int shipped = 0;
            for (Future<Integer> each : threads.invokeAll(Collections.nCopies(THREADS, writer))) {
                shipped += each.get();
            }
            assertThat(shipped).isEqualTo(40);
        } finally {
            threads.shutdownNow();
        }
        assertThat(warehouse.stock("TEA").onHand()).isZero();
        assertThat(events.version(Warehouse.sku("TEA"))).isEqualTo(EventVersion.of(41));
    }

    private static StockMovement movement(String id, Movement movement, String quantity, String occurredAt) {
        return new StockMovement(
                EventId.fromName(id), "TEA", movement, quantity(quantity), "", Instant.parse(occurredAt));
    }

    private static BigDecimal quantity(String text) {
        return new BigDecimal(text);
    }

    /** A store on which somebody else ships one piece just before each of the first appends. */
    private static final class Overtaken extends ForwardingEventStore {

        private final EventStreamManager others;
        private final int times;
        private int appends;

        Overtaken(EventStreamManager others, int times) {
            this.others = others;
            this.times = times;
        }

        @Override
        public AppendResult appendAll(TenantId tenant, List<StreamAppend> appendedHere) {
            if (appends++ < times) {
                others.append(
                        Warehouse.sku("TEA"),
                        ExpectedVersion.streamExists(),
                        new StockShipped(BigDecimal.ONE, BigDecimal.ZERO, "somebody else"));
            }
            return super.appendAll(tenant, appendedHere);
        }

        @Override
        protected EventStore delegate() {
            return others.store();
        }
    }
}
