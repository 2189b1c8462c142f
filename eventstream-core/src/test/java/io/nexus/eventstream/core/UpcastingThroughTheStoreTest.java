package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.ACME;
import static io.nexus.eventstream.core.Samples.CASH;
import static io.nexus.eventstream.core.Samples.MOMENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.EventPage;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventSerializationException;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.Fold;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StoreLimits;
import io.nexus.eventstream.StreamAppend;
import java.math.BigDecimal;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Old events are written by the application of yesterday and read by that of today, from the same storage. */
class UpcastingThroughTheStoreTest {

    record Posted(BigDecimal sum, BigDecimal fee) {}

    record Booked(BigDecimal amount) {}

    record FeeCharged(BigDecimal fee) {}

    private static final EventType POSTED = EventType.of("posted", 1);
    private static final EventType BOOKED_1 = EventType.of("booked", 1);
    private static final EventType BOOKED_2 = EventType.of("booked", 2);
    private static final EventType FEE = EventType.of("fee-charged", 1);

    /** Splits what was posted, in two steps. */
    private static final Upcaster[] UPCASTERS = {
        Upcaster.of(POSTED, BOOKED_1, payload -> payload),
        Upcaster.of(BOOKED_1, Set.of(BOOKED_2, FEE), event -> {
            ObjectNode booked = event.payload().deepCopy();
            booked.set("amount", booked.remove("sum"));
            return List.of(
                    new UpcastEvent(BOOKED_2, booked, event.metadata()),
                    new UpcastEvent(FEE, event.payload(), event.metadata()));
        })
    };

    private final WatchedStorage storage = new WatchedStorage(new SettableClock(MOMENT));
    private final SerializingEventStore yesterday =
            store(JsonEventSerializer.of(EventTypes.of().with(POSTED, Posted.class)));
    private final SerializingEventStore today = store(JsonEventSerializer.builder(
                    EventTypes.of().with(BOOKED_2, Booked.class).with(FEE, FeeCharged.class))
            .upcasters(UPCASTERS)
            .build());

    @Test
    void partsOfASplitShareTheirPlaceAndAreNumbered() {
        NewEvent posted = posted("10", "0.50");
        append(yesterday, posted);

        List<RecordedEvent> events = today.read(ACME, EventQuery.stream(CASH)).events();

        assertThat(events)
                .extracting(RecordedEvent::payload)
                .containsExactly(new Booked(new BigDecimal("10")), new FeeCharged(new BigDecimal("0.50")));
        assertThat(events).extracting(RecordedEvent::part).containsExactly(0, 1);
        assertThat(events).extracting(RecordedEvent::type).containsExactly(BOOKED_2, FEE);
        assertThat(events).allSatisfy(event -> {
            assertThat(event.version()).isEqualTo(EventVersion.of(1));
            assertThat(event.position()).isEqualTo(Position.of(1));
            assertThat(event.id()).isEqualTo(posted.id());
            assertThat(event.stored().type()).isEqualTo(POSTED);
        });
    }

    @Test
    void readingByANewNameFindsOldEventsAndNothingElseOfThem() {
        append(yesterday, posted("10", "0.50"));
        append(today, NewEvent.of(new Booked(new BigDecimal("7"))));
        append(today, NewEvent.of(new FeeCharged(new BigDecimal("0.25"))));
        storage.calls.clear();

        List<RecordedEvent> fees =
                today.read(ACME, EventQuery.log().ofTypes("fee-charged")).events();

        assertThat(fees)
                .extracting(RecordedEvent::payload)
                .containsExactly(new FeeCharged(new BigDecimal("0.50")), new FeeCharged(new BigDecimal("0.25")));
        assertThat(fees)
                .extracting(RecordedEvent::part)
                .as("its number in the split")
                .containsExactly(1, 0);
        assertThat(storage.calls).containsExactly("read 101 of log, of types [booked, fee-charged, posted]");
        assertThat(today.read(ACME, EventQuery.log().ofTypes("booked")).events())
                .extracting(RecordedEvent::payload)
                .containsExactly(new Booked(new BigDecimal("10")), new Booked(new BigDecimal("7")));
        assertThat(today.read(ACME, EventQuery.log().ofTypes("posted")).events())
                .as("nothing has that name any more")
                .isEmpty();
    }

    @Test
    void theNextPageAsksForTheNamesOfTheCaller() {
        for (int i = 0; i < 3; i++) {
            append(yesterday, posted("10", "0.50"));
        }

        EventPage page =
                today.read(ACME, EventQuery.stream(CASH).ofTypes("fee-charged").pageSize(1));

        assertThat(page.events()).hasSize(1);
        assertThat(page.next())
                .get()
                .hasToString("stream account/1000, from version 2, of types [fee-charged], in pages of 1");
        assertThat(today.walk(
                        ACME, EventQuery.stream(CASH).ofTypes("fee-charged").pageSize(1)))
                .hasSize(3);
    }

    @Test
    void findGivesTheFirstPart() {
        NewEvent posted = posted("10", "0.50");
        append(yesterday, posted);

        RecordedEvent found = today.find(ACME, posted.id()).orElseThrow();

        assertThat(found.payload()).isEqualTo(new Booked(new BigDecimal("10")));
        assertThat(found.part()).isZero();
    }

    @Test
    void aFoldSeesTheSameStateBeforeAndAfterTheSplit() {
        append(yesterday, posted("10", "0.50"));
        append(today, NewEvent.of(new FeeCharged(new BigDecimal("0.25"))));
        EventStreamManager manager =
                EventStreamManager.builder().store(today).tenant(ACME).build();
        Fold<BigDecimal> net = Fold.of(
                BigDecimal.ZERO,
                Record.class,
                (sum, event) -> event instanceof Booked booked
                        ? sum.add(booked.amount())
                        : sum.subtract(((FeeCharged) event).fee()));

        LoadedState<BigDecimal> loaded = manager.load(CASH, net);

        assertThat(loaded).isEqualTo(new LoadedState<>(new BigDecimal("9.25"), EventVersion.of(2)));
    }

    @Test
    void theApplicationOfYesterdaySaysThatItIsTooOld() {
        append(today, NewEvent.of(new Booked(new BigDecimal("7"))));
        RecordedEvent event = yesterday.read(ACME, EventQuery.log()).events().get(0);

        assertThat(event.type()).isEqualTo(BOOKED_2);
        assertThatThrownBy(event::payload)
                .isInstanceOf(EventSerializationException.class)
                .hasMessageContaining("booked v2 cannot be read as booked v2; no class is registered for that name");
    }

    private static NewEvent posted(String sum, String fee) {
        return NewEvent.of(new Posted(new BigDecimal(sum), new BigDecimal(fee)));
    }

    private static void append(SerializingEventStore store, NewEvent event) {
        store.append(ACME, StreamAppend.of(CASH, ExpectedVersion.any(), event));
    }

    private SerializingEventStore store(JsonEventSerializer serializer) {
        return SerializingEventStore.of(storage, serializer, StoreLimits.defaults(), true);
    }
}
