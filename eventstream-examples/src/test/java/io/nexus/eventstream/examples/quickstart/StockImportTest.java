package io.nexus.eventstream.examples.quickstart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.StoreLimits;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.core.InMemoryEventStore;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.examples.Backend;
import io.nexus.eventstream.examples.inventory.Stock;
import io.nexus.eventstream.examples.inventory.Warehouse;
import io.nexus.eventstream.spi.ForwardingEventStore;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An import into a warehouse in which others are at work. */
class StockImportTest {

    private static final String ROWS = """
            date,sku,movement,quantity,reference
            2025-03-31,TEA,shipped,6,DO-1
            2025-03-31,COFFEE,added,1,PO-1
            2025-03-31,TEA,shipped,3,DO-2
            """;

    private final StockFile file = StockFile.read(new Source("s.csv", ROWS.getBytes(UTF_8)), ZoneOffset.UTC);

    @ParameterizedTest
    @EnumSource
    void rowsAreDecidedAgainWhenSomebodyElseWasFaster(Backend backend) {
        EventStreamManager events = backend.open();
        Warehouse warehouse = new Warehouse(events);
        warehouse.add("TEA", BigDecimal.TEN, "PO-0");
        Runnable other = () -> warehouse.ship("TEA", new BigDecimal("2"), "somebody else");

        StockImport imported = imported(events.with(new Meddled(events, other)));

        assertThat(imported.recorded()).isEqualTo(2);
        assertThat(imported.refusals())
                .extracting(Refusal::toString)
                .containsExactly("s.csv, line 4: sku TEA: cannot ship 3, 2 on hand");
        assertThat(warehouse.stock("TEA")).isEqualTo(new Stock(new BigDecimal("2"), BigDecimal.ZERO));
    }

    @ParameterizedTest
    @EnumSource
    void rowsThatAnotherImportRecordedMeanwhileAreKnown(Backend backend) {
        EventStreamManager events = backend.open();
        Warehouse warehouse = new Warehouse(events);
        warehouse.add("TEA", BigDecimal.TEN, "PO-0");
        Runnable other = () -> file.rows().subList(0, 2).forEach(row -> warehouse.record(row.movement()));

        StockImport imported = imported(events.with(new Meddled(events, other)));

        assertThat(List.of(imported.recorded(), imported.known())).containsExactly(1, 2);
        assertThat(imported.refusals()).isEmpty();
        assertThat(warehouse.stock("TEA").onHand()).isEqualByComparingTo("1");
    }

    @Test
    void aRowThatIsTooLargeForTheLogIsRefusedAlone() {
        StoreLimits limits = StoreLimits.defaults().withMaxPayloadBytes(36);
        EventStreamManager events = EventStreamManager.builder()
                .store(InMemoryEventStore.builder(JsonEventSerializer.of(Warehouse.EVENTS))
                        .limits(limits)
                        .build())
                .tenant(TenantId.of("quickstart"))
                .build();
        StockFile large = StockFile.read(new Source("s.csv", """
                        date,sku,movement,quantity,reference
                        2025-03-31,TEA,added,6,PO-1
                        2025-03-31,COFFEE,added,1,a reference that is too long for this log
                        2025-03-31,TEA,added,3,PO-2
                        """.getBytes(UTF_8)), ZoneOffset.UTC);

        StockImport imported = imported(events, large);

        assertThat(imported.recorded()).isEqualTo(2);
        assertThat(imported.refusals())
                .singleElement()
                .asString()
                .startsWith("s.csv, line 3: sku COFFEE: ")
                .contains("limits.max_payload_bytes");
        assertThat(new Warehouse(events).stock("TEA").onHand()).isEqualByComparingTo("9");
    }

    private StockImport imported(EventStreamManager events) {
        return imported(events, file);
    }

    private static StockImport imported(EventStreamManager events, StockFile file) {
        StockImport imported = new StockImport(events, "s.csv", new Meter());
        Screen screen = new Screen(new PrintStream(new ByteArrayOutputStream(), true, UTF_8));
        imported.record(file.rows(), new Progress(screen, 3, "lines"));
        return imported;
    }

    /** A store on which somebody else does something just before the first append. */
    private static final class Meddled extends ForwardingEventStore {

        private final EventStreamManager others;
        private final Runnable meddling;
        private boolean done;

        Meddled(EventStreamManager others, Runnable meddling) {
            this.others = others;
            this.meddling = meddling;
        }

        @Override
        public AppendResult appendAll(TenantId tenant, List<StreamAppend> appends) {
            if (!done) {
                done = true;
                meddling.run();
            }
            return super.appendAll(tenant, appends);
        }

        @Override
        protected EventStore delegate() {
            return others.store();
        }
    }
}
