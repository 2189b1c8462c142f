package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.decoded;
import static io.nexus.eventstream.core.Samples.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventSerializationException;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.StoredEvent;
import io.nexus.eventstream.UnknownEvent;
import io.nexus.eventstream.spi.DecodedEvent;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class UpcastingTest {

    private static final EventType BOOKED_1 = EventType.of("booked", 1);
    private static final EventType BOOKED_2 = EventType.of("booked", 2);
    private static final EventType BOOKED_3 = EventType.of("booked", 3);
    private static final EventType FEE_1 = EventType.of("fee-charged", 1);
    private static final String PLACE = "account/1000 version 3 at position 7 of tenant acme: booked v1";

    record Booked(BigDecimal amount, String currency) {}

    record FeeCharged(BigDecimal fee) {}

    private static final EventTypes TYPES = EventTypes.of(FeeCharged.class).with(BOOKED_3, Booked.class);

    private static final Upcaster ADD_CURRENCY =
            Upcaster.of(BOOKED_1, BOOKED_2, payload -> payload.put("currency", "MYR"));

    /** Renames the field of version 2. */
    private static final Upcaster RENAME = Upcaster.of(BOOKED_2, BOOKED_3, payload -> {
        payload.set("amount", payload.remove("sum"));
        return payload;
    });

    @Test
    void anUpcasterChangesThePayloadAndKeepsTheMetadata() {
        DecodedEvent event = first(List.of(RENAME), stored(BOOKED_2, "{\"sum\":0.10}", "{\"userId\":\"u-17\"}"));

        assertThat(event.type()).isEqualTo(BOOKED_3);
        assertThat(event.json()).isEqualTo("{\"amount\":0.10}");
        assertThat(event.metadata()).isEqualTo(EventMetadata.none().withUserId("u-17"));
        assertThat(event.payload())
                .isInstanceOfSatisfying(
                        Booked.class, booked -> assertThat(booked.amount()).isEqualTo(new BigDecimal("0.10")));
    }

    @Test
    void upcastersFormAChainInWhateverOrderTheyAreGiven() {
        for (List<Upcaster> chain : List.of(List.of(ADD_CURRENCY, RENAME), List.of(RENAME, ADD_CURRENCY))) {
            DecodedEvent event = first(chain, stored(BOOKED_1, "{\"sum\":600}"));

            assertThat(event.payload()).isEqualTo(new Booked(new BigDecimal("600"), "MYR"));
        }
    }

    @Test
    void theNewestVersionIsNotTouched() {
        StoredEvent stored = stored(BOOKED_3, "{ \"amount\" : 1E+2 }");

        assertThat(first(List.of(ADD_CURRENCY, RENAME), stored).json()).isEqualTo("{ \"amount\" : 1E+2 }");
    }

    @Test
    void anEventIsSplitIntoSeveralWithMetadataOfTheirOwn() {
        List<DecodedEvent> parts =
                serializer(split()).decode(stored(BOOKED_1, "{\"sum\":10,\"fee\":0.50}", "{\"userId\":\"u-17\"}"));

        assertThat(parts).extracting(DecodedEvent::type).containsExactly(BOOKED_3, FEE_1);
        assertThat(parts)
                .extracting(DecodedEvent::payload)
                .containsExactly(new Booked(new BigDecimal("10"), "MYR"), new FeeCharged(new BigDecimal("0.50")));
        assertThat(parts.get(0).metadata().entries()).containsExactly(entry("userId", "u-17"));
        assertThat(parts.get(1).metadata().entries()).containsExactly(entry("userId", "u-17"), entry("part", "fee"));
    }

    @Test
    void aPartOfASplitIsUpcastFurtherWithoutTouchingTheOthers() {
        Upcaster sharing = Upcaster.of(
                BOOKED_1,
                Set.of(BOOKED_2, BOOKED_3),
                event -> List.of(
                        new UpcastEvent(BOOKED_3, event.payload(), event.metadata()),
                        new UpcastEvent(BOOKED_2, event.payload(), event.metadata())));
        Upcaster marking = Upcaster.of(BOOKED_2, Set.of(BOOKED_3), event -> {
            event.payload().put("amount", 2);
            event.metadata().put("marked", "yes");
            return List.of(new UpcastEvent(BOOKED_3, event.payload(), event.metadata()));
        });

        List<DecodedEvent> parts = serializer(sharing, marking).decode(stored(BOOKED_1, "{\"amount\":1}"));

        assertThat(parts).extracting(DecodedEvent::json).containsExactly("{\"amount\":1}", "{\"amount\":2}");
        assertThat(parts.get(0).metadata()).isEqualTo(EventMetadata.none());
        assertThat(parts.get(1).metadata().get("marked")).contains("yes");
    }

    @Test
    void metadataThatAnUpcasterMadeANumberIsReadAsText() {
        Upcaster numbering = Upcaster.of(BOOKED_1, Set.of(BOOKED_3), event -> {
            event.metadata().put("batch", 7);
            return List.of(new UpcastEvent(BOOKED_3, event.payload(), event.metadata()));
        });

        assertThat(first(List.of(numbering), stored(BOOKED_1, "{}")).metadata().get("batch"))
                .contains("7");
    }

    @Test
    void theStoredBytesAreNeverTouched() {
        StoredEvent stored = stored(BOOKED_1, "{\"sum\":600}");
        DecodedEvent event = first(List.of(ADD_CURRENCY, RENAME), stored);
        event.payload();
        event.maskedJson();

        assertThat(stored.payloadJson()).isEqualTo("{\"sum\":600}");
        assertThat(event.payload()).as("the same again").isEqualTo(event.payload());
    }

    @Test
    void anUpcasterThatFailsIsNamedWithTheEvent() {
        IllegalStateException fault = new IllegalStateException("no rate");
        Upcaster failing = Upcaster.of(BOOKED_1, Set.of(BOOKED_3), event -> {
            throw fault;
        });

        assertThatThrownBy(() -> serializer(failing).decode(stored(BOOKED_1, "{}")))
                .isInstanceOfSatisfying(
                        EventSerializationException.class,
                        e -> assertThat(e.type()).isEqualTo("booked"))
                .hasMessage("the upcaster from booked v1 failed on " + PLACE)
                .hasCause(fault);
    }

    @Test
    void jacksonsOwnFaultInAnUpcasterDoesNotQuoteTheValue() {
        Upcaster failing = Upcaster.of(
                BOOKED_1,
                BOOKED_3,
                payload -> payload.put("n", payload.get("sum").intValue()));

        assertThatThrownBy(() -> serializer(failing).decode(stored(BOOKED_1, "{\"sum\":\"hunter2\"}")))
                .isInstanceOf(EventSerializationException.class)
                .hasMessage("the upcaster from booked v1 failed on " + PLACE)
                .cause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "tools.jackson.databind.exc.JsonNodeException, whose text is left out because it quotes the "
                                + "payload")
                .hasNoCause()
                .satisfies(cause -> assertThat(cause.getStackTrace()[0].getClassName())
                        .as("where it was thrown")
                        .startsWith("tools.jackson.databind."));
    }

    @Test
    void anUpcasterGivesOnlyWhatItDeclares() {
        String rule = ", it must give at least one event and only the types that it declares: [booked v3]";

        assertRefused(
                event -> List.of(new UpcastEvent(FEE_1, event.payload(), event.metadata())),
                "gave [UpcastEvent[fee-charged v1]] for " + PLACE + rule);
        assertRefused(event -> List.of(), "gave [] for " + PLACE + rule);
    }

    @Test
    @SuppressWarnings("NullAway")
    void anUpcasterThatGivesNothingAtAllIsNamedToo() {
        String rule = ", it must give at least one event and only the types that it declares: [booked v3]";

        assertRefused(event -> null, "gave null for " + PLACE + rule);
        assertRefused(event -> Arrays.asList((UpcastEvent) null), "gave [null] for " + PLACE + rule);
        assertThatThrownBy(() -> serializer(Upcaster.of(BOOKED_1, BOOKED_3, payload -> null))
                        .decode(stored(BOOKED_1, "{}")))
                .isInstanceOf(EventSerializationException.class)
                .hasMessage("the upcaster from booked v1 failed on " + PLACE);
    }

    @Test
    void whatAnUpcasterMakesMustBeStorableToBeShown() {
        DecodedEvent event = first(
                List.of(Upcaster.of(BOOKED_1, BOOKED_3, payload -> payload.put("currency", "\0"))),
                stored(BOOKED_1, "{}"));

        assertThatThrownBy(event::json)
                .isInstanceOf(EventSerializationException.class)
                .hasMessage("an event of type booked v3 cannot be written: a text with NUL (U+0000), which PostgreSQL "
                        + "cannot store, at /currency");
    }

    @Test
    void upcastersThatContradictEachOtherAreRefusedAtTheStart() {
        assertThatThrownBy(() -> serializer(ADD_CURRENCY, Upcaster.of(BOOKED_1, BOOKED_3, payload -> payload)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("two upcasters apply to booked v1");
        assertThatThrownBy(() -> serializer(Upcaster.of(BOOKED_1, Set.of(), List::of)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the upcaster from booked v1 names no type that it gives");
        assertThatThrownBy(() -> serializer(Upcaster.of(BOOKED_1, BOOKED_1, payload -> payload)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("upcasters lead from booked v1 back to itself");
        assertThatThrownBy(() ->
                        serializer(ADD_CURRENCY, RENAME, Upcaster.of(BOOKED_3, Set.of(FEE_1, BOOKED_1), List::of)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("upcasters lead from booked v[123] back to itself");
    }

    @Test
    void storedNamesFollowTheChainBackwards() {
        Upcaster renamed = Upcaster.of(EventType.of("posted", 9), BOOKED_1, payload -> payload);
        JsonEventSerializer serializer = serializer(split(), renamed);

        assertThat(serializer.storedTypes(Set.of("booked"))).containsExactlyInAnyOrder("booked", "posted");
        assertThat(serializer.storedTypes(Set.of("fee-charged")))
                .containsExactlyInAnyOrder("fee-charged", "booked", "posted");
        assertThat(serializer.storedTypes(Set.of("posted"))).containsExactly("posted");
        assertThat(serializer.storedTypes(Set.of("other"))).containsExactly("other");
        assertThat(serializer.storedTypes(Set.of())).isEmpty();
    }

    @Test
    void storedNamesFollowLongChainsToTheirBeginning() {
        Upcaster[] renames = IntStream.range(0, 30)
                .mapToObj(i -> Upcaster.of(
                        EventType.of("name-" + i, 1), EventType.of("name-" + (i + 1), 1), payload -> payload))
                .toArray(Upcaster[]::new);

        assertThat(serializer(renames).storedTypes(Set.of("name-30"))).hasSize(31);
        assertThat(serializer(renames).storedTypes(Set.of("name-3")))
                .containsExactlyInAnyOrder("name-0", "name-1", "name-2", "name-3");
    }

    @Test
    void anUpcastEventOfAnUnknownTypeCanBeShown() {
        JsonEventSerializer serializer = JsonEventSerializer.builder(TYPES)
                .upcasters(ADD_CURRENCY)
                .allowUnknownTypes()
                .build();

        assertThat(decoded(serializer, BOOKED_1, "{\"sum\":1}").payload())
                .isEqualTo(new UnknownEvent(BOOKED_2, "{\"sum\":1,\"currency\":\"MYR\"}"));
    }

    @Test
    @SuppressWarnings("NullAway")
    void partsOfUpcastersAndTheirEventsAreNeeded() {
        ObjectNode tree = JsonText.mapper().createObjectNode();

        assertThatThrownBy(() -> new UpcastEvent(null, tree, tree)).hasMessage("type");
        assertThatThrownBy(() -> new UpcastEvent(BOOKED_1, null, tree)).hasMessage("payload");
        assertThatThrownBy(() -> new UpcastEvent(BOOKED_1, tree, null)).hasMessage("metadata");
        assertThatThrownBy(() -> Upcaster.of(null, BOOKED_1, payload -> payload))
                .hasMessage("from");
    }

    private static Upcaster split() {
        return Upcaster.of(BOOKED_1, Set.of(BOOKED_3, FEE_1), event -> {
            ObjectNode booked = event.payload().deepCopy();
            booked.set("amount", booked.remove("sum"));
            booked.put("currency", "MYR");
            ObjectNode metadata = event.metadata().deepCopy();
            metadata.put("part", "fee");
            return List.of(
                    new UpcastEvent(BOOKED_3, booked, event.metadata()),
                    new UpcastEvent(FEE_1, event.payload(), metadata));
        });
    }

    private static void assertRefused(Function<UpcastEvent, List<UpcastEvent>> upcast, String message) {
        assertThatThrownBy(() -> serializer(Upcaster.of(BOOKED_1, Set.of(BOOKED_3), upcast))
                        .decode(stored(BOOKED_1, "{}")))
                .isInstanceOf(EventSerializationException.class)
                .hasMessage("the upcaster from booked v1 " + message);
    }

    private static DecodedEvent first(List<Upcaster> upcasters, StoredEvent stored) {
        return serializer(upcasters.toArray(Upcaster[]::new)).decode(stored).get(0);
    }

    private static JsonEventSerializer serializer(Upcaster... upcasters) {
        return JsonEventSerializer.builder(TYPES).upcasters(upcasters).build();
    }
}
