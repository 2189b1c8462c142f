package io.nexus.eventstream.examples.inventory;

import java.math.BigDecimal;

/**
 * Goods went out. How much of them had been reserved was decided when they went and is part of the fact, so that reading
 * it again never decides anew.
 *
 * @param quantity how much went out
 * @param fromReserved how much of it came out of the reservation; the rest was available
 * @param reference why
 */
public record StockShipped(BigDecimal quantity, BigDecimal fromReserved, String reference) implements StockEvent {

    @Override
    public Stock applyTo(Stock stock) {
        return new Stock(stock.onHand().subtract(quantity), stock.reserved().subtract(fromReserved));
    }
}
