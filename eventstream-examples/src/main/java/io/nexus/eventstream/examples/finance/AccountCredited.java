package io.nexus.eventstream.examples.finance;

import java.math.BigDecimal;

/** An account was credited. */
public record AccountCredited(String entry, BigDecimal amount, String currency, String description)
        implements AccountEvent {

    @Override
    public BigDecimal change() {
        return amount.negate();
    }
}
