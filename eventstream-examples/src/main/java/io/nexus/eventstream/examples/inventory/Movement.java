package io.nexus.eventstream.examples.inventory;

import java.math.BigDecimal;

/** The five ways in which stock moves. */
public enum Movement {
    /** Goods come in. */
    ADDED,
    /** Goods are promised. */
    RESERVED,
    /** A promise is given back. */
    RELEASED,
    /** Goods go out. */
    SHIPPED,
    /** A count is put in the books. */
    ADJUSTED;

    /**
     * Decides on a stock whether this movement may happen.
     *
     * @throws InsufficientStockException if there is not enough
     * @throws IllegalArgumentException if the quantity is not positive where it must be
     */
    public StockEvent decide(Stock stock, BigDecimal quantity, String reference) {
        return switch (this) {
            case ADDED -> stock.add(quantity, reference);
            case RESERVED -> stock.reserve(quantity, reference);
            case RELEASED -> stock.release(quantity, reference);
            case SHIPPED -> stock.ship(quantity, reference);
            case ADJUSTED -> stock.adjust(quantity, reference);
        };
    }
}
