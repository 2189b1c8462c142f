package io.nexus.eventstream.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.AppendResult;
import io.nexus.eventstream.EventIdMismatchException;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.StreamAppend;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.InMemoryEventStore;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.privacy.CustomerEvent.Guest;
import io.nexus.eventstream.privacy.CustomerEvent.Noted;
import io.nexus.eventstream.privacy.CustomerEvent.Renamed;
import io.nexus.eventstream.privacy.CustomerEvent.TableBooked;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Somebody was erased and has come back; what was appended before that is repeated. */
class ReadmittedTest {

    private static final TenantId ACME = Shop.ACME;
    private static final StreamId ANN = Shop.customer("1");

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRepeatedAppendIsAnsweredWithItsFirstResult(boolean whole) {
        Customers customers = new Customers(whole);
        StreamAppend append = Shop.newEvents(ANN, new Renamed("1", "Ann"), new Noted("x"));
        AppendResult first = customers.store.append(ACME, append);
        customers.subjects.erase(ACME, "1", "asked");
        customers.subjects.readmit(ACME, "1");

        AppendResult again = customers.store.append(ACME, append);

        assertThat(again).isEqualTo(new AppendResult(first.events(), first.recordedAt(), true, false));
        StreamAppend since = Shop.newEvents(ANN, new Renamed("1", "Anna"));
        customers.store.append(ACME, since);
        assertThat(customers.store.append(ACME, since).contentCompared()).isTrue();
        assertThat(Shop.payloads(customers.store, ACME, ANN))
                .containsExactly(new Renamed("1", "[erased]"), new Noted("x"), new Renamed("1", "Anna"));
    }

    @Test
    void anEventThatHoldsNothingOfTheErasedMustBeTheSame() {
        Customers customers = new Customers(false);
        StreamAppend append = Shop.newEvents(ANN, new Renamed("1", "Ann"), new Noted("x"));
        customers.store.append(ACME, append);
        customers.subjects.erase(ACME, "1", "asked");
        customers.subjects.readmit(ACME, "1");
        NewEvent noted = append.events().get(1);
        StreamAppend changed = new StreamAppend(
                ANN,
                ExpectedVersion.any(),
                List.of(append.events().get(0), NewEvent.of(new Noted("y")).withId(noted.id())));

        assertThatThrownBy(() -> customers.store.append(ACME, changed))
                .isInstanceOfSatisfying(
                        EventIdMismatchException.class,
                        mismatch -> assertThat(mismatch.ids()).contains(noted.id()));
    }

    @Test
    void whoeverWasNotErasedIsCompared() {
        Customers customers = new Customers(false);
        NewEvent booked = NewEvent.of(new TableBooked("b", List.of(new Guest(1, "Ann"), new Guest(2, "Bob"))));
        customers.store.append(ACME, Shop.newEvents(ANN, booked));
        NewEvent changed = NewEvent.of(new TableBooked("b", List.of(new Guest(1, "Ann"), new Guest(2, "Rob"))))
                .withId(booked.id());

        assertThatThrownBy(() -> customers.store.append(ACME, Shop.newEvents(ANN, changed)))
                .isInstanceOf(EventIdMismatchException.class);
        StreamAppend elsewhere = Shop.newEvents(Shop.customer("2"), booked);
        customers.subjects.erase(ACME, "1", "asked");
        customers.subjects.readmit(ACME, "1");
        assertThatThrownBy(() -> customers.store.append(ACME, elsewhere)).isInstanceOf(EventIdMismatchException.class);
    }

    private static final class Customers {

        private final InMemoryEventStore store;
        private final DataSubjects subjects;

        Customers(boolean whole) {
            EncryptingEventSerializer serializer = EncryptingEventSerializer.builder(
                            JsonEventSerializer.of(CustomerEvent.TYPES),
                            SubjectKeys.of(new InMemorySubjectKeyStore(), Shop.MASTER))
                    .encryptPayloads(whole)
                    .build();
            store = InMemoryEventStore.builder(serializer).build();
            subjects = DataSubjects.of(store, serializer);
        }
    }
}
