package io.nexus.eventstream.examples.inventory;

import io.nexus.eventstream.EventId;
import io.nexus.eventstream.NewEvent;
import java.math.BigDecimal;
import java.time.Instant;

/**
 * A movement as somebody asks for it, before anybody has decided on it.
 *
 * @param id the id of the event that it becomes; the same movement asked for twice has the same id
 * @param sku what moves
 * @param movement how it moves
 * @param quantity how much
 * @param reference why
 * @param occurredAt when
 */
public record StockMovement(
        EventId id, String sku, Movement movement, BigDecimal quantity, String reference, Instant occurredAt) {

    /**
     * Returns the event that this movement becomes when it meets this stock.
     *
     * @throws InsufficientStockException if there is not enough
     */
    public StockEvent decide(Stock stock) {
        return movement.decide(stock, quantity, reference);
    }

    /** Returns a decision with this movement's id and time. */
    public NewEvent asEvent(StockEvent decision) {
        return NewEvent.of(decision).withId(id).occurredAt(occurredAt);
    }
}
