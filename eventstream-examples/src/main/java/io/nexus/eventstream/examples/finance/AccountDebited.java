package io.nexus.eventstream.examples.finance;

import java.math.BigDecimal;

/** An account was debited. */
public record AccountDebited(String entry, BigDecimal amount, String currency, String description)
        implements AccountEvent {

    @Override
    public BigDecimal change() {
        return amount;
    }
}
