package io.nexus.eventstream.examples.inventory;

import java.math.BigDecimal;

/**
 * There is not enough: the movement would take stock on hand, reserved or available below zero.
 *
 * <p><strong>What to do:</strong> move less, or wait for more. Nothing was recorded.
 */
public final class InsufficientStockException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final BigDecimal asked;
    private final BigDecimal there;

    /** Creates the exception, for example from {@code ship}, {@code 6}, {@code 4} and {@code on hand}. */
    InsufficientStockException(String verb, BigDecimal asked, BigDecimal there, String where) {
        super("cannot %s %s, %s %s".formatted(verb, asked.toPlainString(), there.toPlainString(), where));
        this.asked = asked;
        this.there = there;
    }

    /** Returns how much was asked for. */
    public BigDecimal asked() {
        return asked;
    }

    /** Returns how much there was of what the movement takes from. */
    public BigDecimal there() {
        return there;
    }
}
