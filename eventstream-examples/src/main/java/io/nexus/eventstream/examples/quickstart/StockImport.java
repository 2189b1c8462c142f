package io.nexus.eventstream.examples.quickstart;

import io.nexus.eventstream.ConcurrencyException;
import io.nexus.eventstream.EventId;
import io.nexus.eventstream.EventIdMismatchException;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventSerializationException;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.LimitExceededException;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.core.LoadedState;
import io.nexus.eventstream.examples.inventory.InsufficientStockException;
import io.nexus.eventstream.examples.inventory.Stock;
import io.nexus.eventstream.examples.inventory.StockEvent;
import io.nexus.eventstream.examples.inventory.StockMovement;
import io.nexus.eventstream.examples.inventory.Warehouse;
import io.nexus.eventstream.examples.quickstart.StockFile.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Records the movements of a file in its order, many in one append. It reads the log once, keeps the stock of every SKU
 * beside it while it decides, and appends expecting the versions that it decided on. If somebody else was faster, the rows
 * of that append go through {@link Warehouse#record} one by one.
 */
final class StockImport {

    private static final int EVENTS_PER_APPEND = 500;

    private final EventStreamManager events;
    private final String file;
    private final Meter meter;
    private final Map<String, Shelf> shelves = new HashMap<>();
    private final List<Row> waiting = new ArrayList<>();
    private final List<StreamAppend> appends = new ArrayList<>();
    private final List<Refusal> refusals = new ArrayList<>();
    private int recorded;
    private int known;

    StockImport(EventStreamManager events, String file, Meter meter) {
        this.events = events;
        this.file = file;
        this.meter = meter;
    }

    /** Records movements in their order. */
    void record(List<Row> rows, Progress progress) {
        readLog(rows.stream().map(row -> row.movement().id()).collect(Collectors.toSet()));
        int decided = 0;
        for (Row row : rows) {
            decide(row);
            decided++;
            if (appends.size() == EVENTS_PER_APPEND) {
                append();
                progress.advance(decided);
                decided = 0;
            }
        }
        append();
        progress.advance(decided);
    }

    private void readLog(Set<EventId> ids) {
        for (RecordedEvent event : events.walk(EventQuery.log().ofCategories(Warehouse.CATEGORY))) {
            String sku = event.stream().aggregateId().value();
            shelves.computeIfAbsent(sku, name -> new Shelf()).add(event, ids);
        }
    }

    private void decide(Row row) {
        StockMovement movement = row.movement();
        Shelf shelf = shelves.computeIfAbsent(movement.sku(), name -> new Shelf());
        StockEvent before = shelf.known.get(movement.id());
        if (before != null) {
            shelf.inFileOrder = before.applyTo(shelf.inFileOrder);
            known++;
            return;
        }
        try {
            // What this place of the file did not allow once, it must not allow when the file is imported again.
            StockEvent inFileOrder = movement.decide(shelf.inFileOrder);
            StockEvent event = movement.decide(shelf.now);
            StreamId stream = Warehouse.sku(movement.sku());
            appends.add(StreamAppend.of(stream, ExpectedVersion.exactly(shelf.version), movement.asEvent(event)));
            waiting.add(row);
            shelf.inFileOrder = inFileOrder.applyTo(shelf.inFileOrder);
            shelf.now = event.applyTo(shelf.now);
            shelf.version = shelf.version.next();
        } catch (InsufficientStockException | IllegalArgumentException e) {
            refuse(row, e);
        }
    }

    private void append() {
        if (appends.isEmpty()) {
            return;
        }
        try {
            meter.measure(() -> events.appendAll(appends));
            recorded += appends.size();
        } catch (ConcurrencyException
                | EventIdMismatchException
                | EventSerializationException
                | LimitExceededException e) {
            waiting.forEach(this::recordAlone);
        }
        appends.clear();
        waiting.clear();
    }

    private void recordAlone(Row row) {
        Warehouse warehouse = new Warehouse(events);
        try {
            boolean isNew = warehouse.record(row.movement());
            recorded += isNew ? 1 : 0;
            known += isNew ? 0 : 1;
        } catch (InsufficientStockException | EventSerializationException | LimitExceededException e) {
            refuse(row, e);
        }
        LoadedState<Stock> loaded = events.load(Warehouse.sku(row.movement().sku()), Stock.fold());
        Shelf shelf = shelves.computeIfAbsent(row.movement().sku(), name -> new Shelf());
        shelf.now = loaded.state();
        shelf.version = loaded.version();
    }

    private void refuse(Row row, Exception e) {
        String reason = "sku %s: %s".formatted(Screen.brief(row.movement().sku()), e.getMessage());
        refusals.add(new Refusal(file, row.line(), reason));
    }

    /** Returns how many movements are new. */
    int recorded() {
        return recorded;
    }

    /** Returns how many movements had been recorded before. */
    int known() {
        return known;
    }

    /** Returns the movements that were refused. */
    List<Refusal> refusals() {
        return refusals;
    }

    /** What the import knows of one SKU. */
    private static final class Shelf {

        private final Map<EventId, StockEvent> known = new HashMap<>();
        private Stock now = Stock.NONE;
        private EventVersion version = EventVersion.NONE;

        /** The stock at the present place of the file: all that came from elsewhere, and the file's rows so far. */
        private Stock inFileOrder = Stock.NONE;

        void add(RecordedEvent event, Set<EventId> ids) {
            StockEvent moved = (StockEvent) event.payload();
            now = moved.applyTo(now);
            version = event.version();
            if (ids.contains(event.id())) {
                known.put(event.id(), moved);
            } else {
                inFileOrder = moved.applyTo(inFileOrder);
            }
        }
    }
}
