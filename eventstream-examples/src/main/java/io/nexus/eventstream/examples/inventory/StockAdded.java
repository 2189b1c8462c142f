package io.nexus.eventstream.examples.inventory;

import java.math.BigDecimal;

/** Goods came in. */
public record StockAdded(BigDecimal quantity, String reference) implements StockEvent {

    @Override
    public Stock applyTo(Stock stock) {
        return new Stock(stock.onHand().add(quantity), stock.reserved());
    }
}
