package io.nexus.eventstream.examples.inventory;

import java.math.BigDecimal;

/** A promise was given back. The goods are available again. */
public record StockReleased(BigDecimal quantity, String reference) implements StockEvent {

    @Override
    public Stock applyTo(Stock stock) {
        return new Stock(stock.onHand(), stock.reserved().subtract(quantity));
    }
}
