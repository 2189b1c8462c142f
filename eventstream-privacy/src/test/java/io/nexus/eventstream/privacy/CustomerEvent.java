package io.nexus.eventstream.privacy;

import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.PersonalData;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/** Events with personal data in every form that there is. */
sealed interface CustomerEvent {

    EventTypes TYPES = EventTypes.of(CustomerEvent.class);

    record Registered(
            String customerId,
            @PersonalData(of = "customerId") String name,

            @PersonalData(of = "customerId", erased = "\"0001-01-01\"")
            LocalDate birth,

            @PersonalData(of = "customerId", erased = "0") BigDecimal income,
            @PersonalData(of = "customerId") Optional<String> phone,
            @PersonalData(of = "customerId") List<String> nicknames,
            BigDecimal limit)
            implements CustomerEvent {}

    record Renamed(
            String customerId,
            @PersonalData(of = "customerId") String name) implements CustomerEvent {}

    record TableBooked(String booking, List<Guest> guests) implements CustomerEvent {}

    record Noted(String text) implements CustomerEvent {}

    record Guest(long guestId, @PersonalData(of = "guestId") String name) {}

    static Registered registered(String customer, String name) {
        return new Registered(
                customer,
                name,
                LocalDate.of(1980, 5, 17),
                new BigDecimal("1234.50"),
                Optional.of("+60 3-" + name),
                List.of(name + "ie"),
                new BigDecimal("1E+2"));
    }
}
