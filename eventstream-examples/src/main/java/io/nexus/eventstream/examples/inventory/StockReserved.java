package io.nexus.eventstream.examples.inventory;

import java.math.BigDecimal;

/** Goods were promised to somebody. They stay on hand and are no longer available. */
public record StockReserved(BigDecimal quantity, String reference) implements StockEvent {

    @Override
    public Stock applyTo(Stock stock) {
        return new Stock(stock.onHand(), stock.reserved().add(quantity));
    }
}
