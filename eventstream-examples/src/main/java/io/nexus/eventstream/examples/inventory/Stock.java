package io.nexus.eventstream.examples.inventory;

import io.nexus.eventstream.Fold;
import io.nexus.eventstream.NamedFold;
import java.math.BigDecimal;

/**
 * The stock of one SKU, and what may be done with it: every method that is named by a verb decides on this state and
 * returns the event that says so, or refuses. None of the three quantities ever falls below zero.
 *
 * <p>A state as of a business date leaves out what happened later. Where movements were dated in another order than they
 * were recorded, such a state may show what no shelf ever held.
 *
 * @param onHand what is there
 * @param reserved how much of it is promised
 */
public record Stock(BigDecimal onHand, BigDecimal reserved) {

    /** An empty shelf. */
    public static final Stock NONE = new Stock(BigDecimal.ZERO, BigDecimal.ZERO);

    /** Returns the fold that makes a stock of an SKU's events. Its states may be kept as snapshots. */
    public static NamedFold<Stock> fold() {
        return Fold.of(NONE, StockEvent.class, (stock, event) -> event.applyTo(stock))
                .named("stock", 1, Stock.class);
    }

    /** Returns what is there and not promised. */
    public BigDecimal available() {
        return onHand.subtract(reserved);
    }

    /**
     * Takes goods in.
     *
     * @throws IllegalArgumentException if the quantity is not positive
     */
    public StockAdded add(BigDecimal quantity, String reference) {
        return new StockAdded(positive(quantity), reference);
    }

    /**
     * Promises goods.
     *
     * @throws InsufficientStockException if not as much is available
     * @throws IllegalArgumentException if the quantity is not positive
     */
    public StockReserved reserve(BigDecimal quantity, String reference) {
        requireEnough("reserve", positive(quantity), available(), "available");
        return new StockReserved(quantity, reference);
    }

    /**
     * Gives a promise back.
     *
     * @throws InsufficientStockException if not as much is reserved
     * @throws IllegalArgumentException if the quantity is not positive
     */
    public StockReleased release(BigDecimal quantity, String reference) {
        requireEnough("release", positive(quantity), reserved, "reserved");
        return new StockReleased(quantity, reference);
    }

    /**
     * Sends goods out, reserved ones first.
     *
     * @throws InsufficientStockException if not as much is on hand
     * @throws IllegalArgumentException if the quantity is not positive
     */
    public StockShipped ship(BigDecimal quantity, String reference) {
        requireEnough("ship", positive(quantity), onHand, "on hand");
        return new StockShipped(quantity, reserved.min(quantity), reference);
    }

    /**
     * Corrects the books after a count.
     *
     * @param quantity how much more was found, negative for less
     * @throws InsufficientStockException if more is missing than is available
     */
    public StockAdjusted adjust(BigDecimal quantity, String reference) {
        requireEnough("write off", quantity.negate(), available(), "available");
        return new StockAdjusted(quantity, reference);
    }

    private static BigDecimal positive(BigDecimal quantity) {
        if (quantity.signum() <= 0) {
            throw new IllegalArgumentException("quantity %s is not positive".formatted(quantity.toPlainString()));
        }
        return quantity;
    }

    private static void requireEnough(String verb, BigDecimal asked, BigDecimal there, String where) {
        if (asked.compareTo(there) > 0) {
            throw new InsufficientStockException(verb, asked, there, where);
        }
    }
}
