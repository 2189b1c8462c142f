package io.nexus.eventstream.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.SubjectErased;
import io.nexus.eventstream.SubjectErasedException;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.InMemoryEventStore;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.privacy.CustomerEvent.Guest;
import io.nexus.eventstream.privacy.CustomerEvent.TableBooked;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever is erased among many, all others and all other tenants keep what is theirs, to the byte. */
class ErasurePropertyTest {

    private static final List<TenantId> TENANTS = List.of(TenantId.of("acme"), TenantId.of("other"));
    private static final int STEPS = 250;

    private final EncryptingEventSerializer serializer = EncryptingEventSerializer.of(
            JsonEventSerializer.of(CustomerEvent.TYPES), SubjectKeys.of(new InMemorySubjectKeyStore(), Shop.MASTER));
    private final InMemoryEventStore store =
            InMemoryEventStore.builder(serializer).build();
    private final DataSubjects subjects = DataSubjects.of(store, serializer);
    private final Map<TenantId, List<TableBooked>> booked = new HashMap<>();
    private final Map<TenantId, Set<Long>> erased = new HashMap<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void onlyWhatWasErasedIsGone(long seed) {
        Random random = new Random(seed);
        for (int step = 0; step < STEPS; step++) {
            TenantId tenant = TENANTS.get(random.nextInt(TENANTS.size()));
            if (random.nextInt(12) == 0) {
                long guest = random.nextInt(15);
                boolean known = booked.getOrDefault(tenant, List.of()).stream()
                        .anyMatch(booking -> booking.guests().stream().anyMatch(each -> each.guestId() == guest));
                boolean found =
                        subjects.erase(tenant, Long.toString(guest), "asked").foundAnything();
                // The attempt to book for somebody else may have made a key for a guest who then was not booked.
                assertThat(found || !known).isTrue();
                if (found) {
                    erased.computeIfAbsent(tenant, each -> new HashSet<>()).add(guest);
                }
            } else {
                book(tenant, random, step);
            }
        }

        for (TenantId tenant : TENANTS) {
            assertThat(read(tenant)).as("seed %d, tenant %s", seed, tenant).isEqualTo(expected(tenant));
            assertThat(Shop.chainHolds(store, tenant)).isTrue();
        }
    }

    private void book(TenantId tenant, Random random, int step) {
        List<Guest> guests = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            long guest = random.nextInt(15);
            guests.add(new Guest(guest, "name of %d at step %d".formatted(guest, step)));
        }
        TableBooked event = new TableBooked("b-" + step, guests);
        boolean refused = guests.stream().anyMatch(guest -> isErased(tenant, guest));
        try {
            Shop.append(store, tenant, StreamId.of("table", Integer.toString(random.nextInt(5))), event);
            assertThat(refused).isFalse();
            booked.computeIfAbsent(tenant, each -> new ArrayList<>()).add(event);
        } catch (SubjectErasedException e) {
            assertThat(refused).isTrue();
        }
    }

    private List<Object> read(TenantId tenant) {
        List<Object> read = new ArrayList<>();
        for (RecordedEvent event : store.walk(tenant, EventQuery.log())) {
            if (!event.type().name().equals(SubjectErased.TYPE)) {
                read.add(event.payload());
            }
        }
        return read;
    }

    private List<Object> expected(TenantId tenant) {
        List<Object> expected = new ArrayList<>();
        for (TableBooked booking : booked.getOrDefault(tenant, List.of())) {
            expected.add(new TableBooked(
                    booking.booking(),
                    booking.guests().stream()
                            .map(guest -> isErased(tenant, guest) ? new Guest(guest.guestId(), "[erased]") : guest)
                            .toList()));
        }
        return expected;
    }

    private boolean isErased(TenantId tenant, Guest guest) {
        return erased.getOrDefault(tenant, Set.of()).contains(guest.guestId());
    }
}
