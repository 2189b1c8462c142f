package io.nexus.eventstream.examples.inventory;

import java.math.BigDecimal;

/** A count found more (positive) or less (negative) than the books said. */
public record StockAdjusted(BigDecimal quantity, String reference) implements StockEvent {

    @Override
    public Stock applyTo(Stock stock) {
        return new Stock(stock.onHand().add(quantity), stock.reserved());
    }
}
