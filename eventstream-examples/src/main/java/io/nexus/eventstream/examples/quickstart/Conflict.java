package io.nexus.eventstream.examples.quickstart;

import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.core.LoadedState;
import io.nexus.eventstream.examples.inventory.Stock;
import io.nexus.eventstream.examples.inventory.Warehouse;
import java.math.BigDecimal;

/** Two writers want the same goods. Shown in slow motion, in a tenant of its own. */
final class Conflict {

    static final String TENANT = "quickstart-demo";
    static final String SKU = "TEA-01";

    private final Screen screen;
    private final EventStreamManager events;

    Conflict(Screen screen, Database database) {
        this.screen = screen;
        this.events = database.events(TENANT);
    }

    void show() {
        screen.section("Two writers, one SKU");
        haveOnHand(BigDecimal.TEN);
        LoadedState<Stock> anna = load("Anna");
        LoadedState<Stock> ben = load("Ben");
        ship("Ben", 6, ben);
        try {
            ship("Anna", 3, anna);
        } catch (ConcurrencyException e) {
            screen.line(
                    "Anna  ships 3    refused: the stream is at version %s, she expected %s", e.actual(), e.expected());
        }
        LoadedState<Stock> again = load("Anna");
        ship("Anna", 3, again);
        screen.gap();
        screen.line("Warehouse.ship goes through these steps by itself, a bounded number of times.");
    }

    private void haveOnHand(BigDecimal wanted) {
        Warehouse warehouse = new Warehouse(events);
        BigDecimal missing = wanted.subtract(warehouse.stock(SKU).onHand());
        if (missing.signum() != 0) {
            warehouse.adjust(SKU, missing, "Count before the demonstration");
        }
    }

    private LoadedState<Stock> load(String who) {
        LoadedState<Stock> loaded = events.load(Warehouse.sku(SKU), Stock.fold());
        screen.line(
                "%-4s  loads      %s on hand at version %s", who, loaded.state().onHand(), loaded.version());
        return loaded;
    }

    private void ship(String who, int quantity, LoadedState<Stock> loaded) {
        EventVersion version = events.append(
                        Warehouse.sku(SKU),
                        loaded.expected(),
                        loaded.state().ship(BigDecimal.valueOf(quantity), "Order of " + who))
                .version(Warehouse.sku(SKU));
        screen.line("%-4s  ships %d    recorded as version %s", who, quantity, version);
    }
}
