package io.nexus.eventstream.docs.guides;

import io.nexus.eventstream.Fold;
import io.nexus.eventstream.NamedFold;
import io.nexus.eventstream.docs.guides.AccountEvent.AccountCredited;
import io.nexus.eventstream.docs.guides.AccountEvent.AccountDebited;
import java.math.BigDecimal;

/** The state that the guides fold. */
record Balance(BigDecimal amount) {

    static NamedFold<Balance> fold() {
        return Fold.of(new Balance(BigDecimal.ZERO), AccountEvent.class, Balance::after)
                .named("balance", 1, Balance.class);
    }

    Balance after(AccountEvent event) {
        if (event instanceof AccountDebited debited) {
            return new Balance(amount.add(debited.amount()));
        }
        if (event instanceof AccountCredited credited) {
            return new Balance(amount.subtract(credited.amount()));
        }
        throw new IllegalArgumentException("not an account event: " + event);
    }
}
