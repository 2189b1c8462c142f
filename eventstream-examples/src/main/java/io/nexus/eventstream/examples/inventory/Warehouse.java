package io.nexus.eventstream.examples.inventory;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventIdMismatchException;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.core.CommandOptions;
import io.nexus.eventstream.core.EventStreamManager;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A warehouse. Every command loads the SKU, decides on what it finds, and appends expecting that nobody was faster. Who
 * loses such a race loads and decides again, a bounded number of times with a growing pause, so nothing is ever sold twice.
 *
 * <pre>{@code
 * Warehouse warehouse = new Warehouse(events);
 * warehouse.add("TEA-100", new BigDecimal("40"), "PO-7001");
 * warehouse.ship("TEA-100", new BigDecimal("6"), "SO-1");
 * }</pre>
 *
 * <p>Thread-safe. All commands throw {@link InsufficientStockException} if there is not enough, {@link
 * IllegalArgumentException} if the quantity is not positive where it must be, and {@link ConcurrencyException} if others
 * were faster in every attempt.
 */
public final class Warehouse {

    /** The events of a warehouse, to set up a store with. */
    public static final EventTypes EVENTS = EventTypes.of(StockEvent.class);

    /** The category of the streams, one stream an SKU. */
    public static final String CATEGORY = "stock";

    /** Some three seconds at the very worst, which is when sixteen writers want one SKU at the same moment. */
    private static final CommandOptions PATIENT =
            CommandOptions.defaults().withAttempts(20).withPauses(Duration.ofMillis(5), Duration.ofMillis(250));

    private final EventStreamManager events;

    /** Creates a warehouse. */
    public Warehouse(EventStreamManager events) {
        this.events = events;
    }

    /** Returns the stream of an SKU. */
    public static StreamId sku(String sku) {
        return StreamId.of(CATEGORY, sku);
    }

    /** Takes goods in. */
    public AppendResult add(String sku, BigDecimal quantity, String reference) {
        return decide(sku, stock -> stock.add(quantity, reference));
    }

    /** Promises goods that are available. */
    public AppendResult reserve(String sku, BigDecimal quantity, String reference) {
        return decide(sku, stock -> stock.reserve(quantity, reference));
    }

    /** Gives a promise back. */
    public AppendResult release(String sku, BigDecimal quantity, String reference) {
        return decide(sku, stock -> stock.release(quantity, reference));
    }

    /** Sends goods out, reserved ones first. */
    public AppendResult ship(String sku, BigDecimal quantity, String reference) {
        return decide(sku, stock -> stock.ship(quantity, reference));
    }

    /** Corrects the books after a count, by a positive or a negative quantity. */
    public AppendResult adjust(String sku, BigDecimal quantity, String reference) {
        return decide(sku, stock -> stock.adjust(quantity, reference));
    }

    /**
     * Records a movement that may have been recorded before. It is looked for by its id before anything is decided: on the
     * stock of today the decision would be another one.
     *
     * @return whether it is new
     */
    public boolean record(StockMovement movement) {
        if (events.find(movement.id()).isPresent()) {
            return false;
        }
        try {
            return !decide(movement.sku(), stock -> movement.asEvent(movement.decide(stock)))
                    .alreadyRecorded();
        } catch (EventIdMismatchException e) {
            // Somebody recorded it since, deciding on another stock.
            return false;
        }
    }

    /** Returns the stock of an SKU. */
    public Stock stock(String sku) {
        return events.state(sku(sku), Stock.fold());
    }

    /** Returns the stock of an SKU as of a moment. */
    public Stock stockAt(String sku, AsOf asOf) {
        return events.stateAt(sku(sku), asOf, Stock.fold());
    }

    /**
     * Returns the stock of everything as of a moment, on one clock or on both, in one pass over the log.
     *
     * @throws IllegalStateException if it asks for a version, which belongs to a single stream
     */
    public StockList stockList(AsOf asOf) {
        TreeMap<String, Stock> stocks = new TreeMap<>();
        Instant last = Instant.MIN;
        for (RecordedEvent event :
                events.walk(EventQuery.log().ofCategories(CATEGORY).asOf(asOf))) {
            String sku = event.stream().aggregateId().value();
            Stock before = stocks.getOrDefault(sku, Stock.NONE);
            stocks.put(sku, ((StockEvent) event.payload()).applyTo(before));
            last = event.occurredAt().isAfter(last) ? event.occurredAt() : last;
        }
        return new StockList(stocks, stocks.isEmpty() ? Optional.empty() : Optional.of(last));
    }

    private AppendResult decide(String sku, Function<Stock, Object> decision) {
        return events.execute(sku(sku), Stock.fold(), stock -> List.of(decision.apply(stock)), PATIENT)
                .orElseThrow();
    }
}
