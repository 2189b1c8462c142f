package io.nexus.eventstream.docs.guides;

import io.nexus.eventstream.AsOf;
import io.nexus.eventstream.EventStore;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.core.InMemoryEventStore;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.docs.guides.AccountEvent.AccountCredited;
import io.nexus.eventstream.docs.guides.AccountEvent.AccountDebited;
import io.nexus.eventstream.tck.Scenario;
import io.nexus.eventstream.tck.TestClock;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class DecidingTest {

    private final StreamId cash = StreamId.of("account", "1000");

    @Test
    void aPaymentIsDecidedOnTheBalance() {
        EventStore store = InMemoryEventStore.create(EventTypes.of(AccountEvent.class));

        Scenario.on(store, cash, Balance.fold())
                .given(new AccountDebited("JE-1", new BigDecimal("100.00"), "MYR"))
                .when(pay("JE-2", "30.00"))
                .thenEvents(new AccountCredited("JE-2", new BigDecimal("30.00"), "MYR"))
                .thenState(new Balance(new BigDecimal("70.00")));

        Scenario.on(store, cash, Balance.fold())
                .given(new AccountDebited("JE-1", new BigDecimal("100.00"), "MYR"))
                .when(pay("JE-2", "130.00"))
                .thenError(IllegalArgumentException.class, "only 100.00 is there")
                .thenNoEvents();
    }

    @Test
    void aClockSaysWhenEventsOccur() {
        TestClock clock = TestClock.at(Instant.parse("2026-03-31T09:00:00Z"));
        EventStore store = InMemoryEventStore.builder(JsonEventSerializer.of(EventTypes.of(AccountEvent.class)))
                .clock(clock)
                .build();
        Scenario.on(store, cash, Balance.fold())
                .withClock(clock)
                .given(new AccountDebited("JE-1", new BigDecimal("100.00"), "MYR"))
                .at(Instant.parse("2026-04-05T09:00:00Z"))
                .when(pay("JE-2", "30.00"))
                .thenState(new Balance(new BigDecimal("70.00")))
                .thenStateAt(AsOf.occurred(LocalDate.of(2026, 3, 31)), new Balance(new BigDecimal("100.00")));
    }

    @Test
    void codeThatAppendsByItselfIsCalled() {
        EventStore store = InMemoryEventStore.create(EventTypes.of(AccountEvent.class));

        Scenario<Balance> scenario = Scenario.on(store, cash, Balance.fold());
        EventStreamManager ledger = EventStreamManager.builder()
                .store(store)
                .tenant(scenario.tenant())
                .build();
        scenario.given(new AccountDebited("JE-1", new BigDecimal("100.00"), "MYR"))
                .when(() -> ledger.execute(cash, Balance.fold(), pay("JE-2", "30.00")))
                .thenEvents(new AccountCredited("JE-2", new BigDecimal("30.00"), "MYR"));
    }

    static Function<Balance, List<AccountEvent>> pay(String entry, String amount) {
        BigDecimal paid = new BigDecimal(amount);
        return balance -> {
            if (balance.amount().compareTo(paid) < 0) {
                throw new IllegalArgumentException("only %s is there".formatted(balance.amount()));
            }
            return List.of(new AccountCredited(entry, paid, "MYR"));
        };
    }
}
