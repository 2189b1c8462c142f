package io.nexus.eventstream.docs.guides;

import java.math.BigDecimal;

/** The facts about an account that the guides work with. */
sealed interface AccountEvent {

    record AccountDebited(String entry, BigDecimal amount, String currency) implements AccountEvent {}

    record AccountCredited(String entry, BigDecimal amount, String currency) implements AccountEvent {}
}
