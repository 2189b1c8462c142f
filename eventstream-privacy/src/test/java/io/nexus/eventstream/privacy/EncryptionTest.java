package io.nexus.eventstream.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.ConfigurationException;
import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventName;
import io.nexus.eventstream.EventQuery;
import io.nexus.eventstream.EventSerializationException;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.ExpectedVersion;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.PersonalData;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import io.nexus.eventstream.core.EventStreamConfig;
import io.nexus.eventstream.core.EventStreamManager;
import io.nexus.eventstream.core.InMemoryEventStore;
import io.nexus.eventstream.core.JsonEventSerializer;
import io.nexus.eventstream.core.Upcaster;
import io.nexus.eventstream.privacy.CustomerEvent.Guest;
import io.nexus.eventstream.privacy.CustomerEvent.Noted;
import io.nexus.eventstream.privacy.CustomerEvent.Registered;
import io.nexus.eventstream.privacy.CustomerEvent.TableBooked;
import io.nexus.eventstream.spi.EncodedEvent;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class EncryptionTest {

    private static final TenantId ACME = Shop.ACME;
    private static final StreamId ANN = Shop.customer("c-1");

    private final SubjectKeys keys = SubjectKeys.of(new InMemorySubjectKeyStore(), Shop.MASTER);
    private final EncryptingEventSerializer serializer =
            EncryptingEventSerializer.of(JsonEventSerializer.of(CustomerEvent.TYPES), keys);

    @Test
    void whatIsMarkedIsStoredEncryptedAndTheRestAsItWas() {
        EncodedEvent encoded = encoded(CustomerEvent.registered("c-1", "Ann Lee"));

        assertThat(text(encoded.payload()))
                .startsWith("{\"~personal\":{\"v\":1,\"keys\":{\"")
                .contains("\"/name\":\"[erased]\"", "\"/birth\":\"0001-01-01\"", "\"/income\":0", "\"/phone\":null")
                .contains("\"customerId\":\"c-1\"")
                .endsWith("\"limit\":1E+2}")
                .doesNotContain("Ann Lee", "1980-05", "1234.50");
    }

    @Test
    void valuesComeBackToTheByte() {
        Registered event = new Registered(
                "c-1",
                "a \"quote\", a \\, an ü and a \uD83D\uDE00",
                LocalDate.of(2000, 2, 29),
                new BigDecimal("10.50"),
                Optional.empty(),
                List.of(),
                new BigDecimal("0.10"));

        InMemoryEventStore store = InMemoryEventStore.builder(serializer).build();
        Shop.append(store, ACME, ANN, event, new TableBooked("b", List.of()));

        assertThat(Shop.payloads(store, ACME, ANN)).containsExactly(event, new TableBooked("b", List.of()));
        RecordedEvent recorded = first(store);
        assertThat(recorded.json())
                .isEqualTo(text(JsonEventSerializer.of(CustomerEvent.TYPES)
                        .encode(ACME, ANN, NewEvent.of(event))
                        .payload()));
        assertThat(recorded.stored().payloadJson())
                .startsWith("{\"~personal\":")
                .doesNotContain("10.50");
    }

    @Test
    void theSameEventGivesTheSameBytesAndAnotherOneOthers() {
        NewEvent event = NewEvent.of(CustomerEvent.registered("c-1", "Ann Lee"));
        String once = text(serializer.encode(ACME, ANN, event).payload());

        assertThat(text(serializer.encode(ACME, ANN, event).payload())).isEqualTo(once);
        String other = text(encoded(CustomerEvent.registered("c-1", "Ann Lee")).payload());
        assertThat(valueOf(other, "name")).isNotEqualTo(valueOf(once, "name"));
        assertThat(valueOf(other, "birth")).isNotEqualTo(valueOf(once, "birth"));
    }

    @Test
    void eachElementOfAListBelongsToItsOwnPerson() {
        InMemoryEventStore store = InMemoryEventStore.builder(serializer).build();
        TableBooked booked = new TableBooked("b-1", List.of(new Guest(1, "Ann Lee"), new Guest(2, "Bob")));
        StreamId table = StreamId.of("table", "1");
        Shop.append(store, ACME, table, booked);

        assertThat(Shop.payloads(store, ACME, table)).containsExactly(booked);
        DataSubjects.of(store, serializer).erase(ACME, "2", "asked");

        assertThat(Shop.payloads(store, ACME, table))
                .containsExactly(new TableBooked("b-1", List.of(new Guest(1, "Ann Lee"), new Guest(2, "[erased]"))));
    }

    @Test
    void anEventWithoutPersonalDataIsLeftAlone() {
        assertThat(text(encoded(new Noted("~personal")).payload())).isEqualTo("{\"text\":\"~personal\"}");
        assertThat(text(encoded(new TableBooked("b", List.of())).payload()))
                .isEqualTo("{\"booking\":\"b\",\"guests\":[]}");
    }

    @Test
    void noClearTextCanBeTakenForAnEncryptedOne() {
        Noted forged = new Noted("{\"~personal\":{\"v\":1,\"keys\":{}}}");
        InMemoryEventStore store = InMemoryEventStore.builder(serializer).build();
        Shop.append(store, ACME, ANN, forged);

        assertThat(first(store).payload()).isEqualTo(forged);
        NewEvent entry = NewEvent.of(forged).withMetadata(EventMetadata.none().with("~personal", "x"));
        assertThatThrownBy(() -> serializer.encode(ACME, ANN, entry))
                .isInstanceOf(EventSerializationException.class)
                .hasMessageContaining("the library's own");
    }

    @Test
    void anEventThatDoesNotSayWhoseItIsIsRefusedWithoutAWordOfItsData() {
        assertThatThrownBy(() -> encoded(CustomerEvent.registered(null, "Ann Lee")))
                .isInstanceOf(EventSerializationException.class)
                .hasMessageContaining("no id stands at customerId")
                .hasMessageNotContaining("Ann Lee");
    }

    @Test
    void metadataIsEncryptedAsDataAboutTheUser() {
        EncryptingEventSerializer personal = EncryptingEventSerializer.builder(
                        JsonEventSerializer.of(CustomerEvent.TYPES), keys)
                .personalMetadata()
                .build();
        InMemoryEventStore store = InMemoryEventStore.builder(personal).build();
        EventMetadata metadata = EventMetadata.none()
                .withUserId("u-17")
                .withIpAddress("10.1.2.3")
                .with("batch", "7");
        Shop.append(store, ACME, ANN, NewEvent.of(new Noted("x")).withMetadata(metadata));

        RecordedEvent event = first(store);
        assertThat(event.stored().metadataJson())
                .doesNotContain("u-17", "10.1.2.3")
                .contains("\"batch\":\"7\"");
        assertThat(event.metadata()).isEqualTo(metadata);
        DataSubjects.of(store, personal).erase(ACME, "u-17", "left");
        assertThat(first(store).metadata().entries())
                .containsEntry("userId", "[erased]")
                .containsEntry("ipAddress", "[erased]")
                .containsEntry("batch", "7");
        NewEvent nobodys =
                NewEvent.of(new Noted("x")).withMetadata(EventMetadata.none().withIpAddress("10.1.2.3"));
        assertThatThrownBy(() -> Shop.append(store, ACME, ANN, nobodys)).hasMessageContaining("no entry userId");
    }

    @Test
    void theIdOfThePersonCanBeAnEntryOfTheMetadata() {
        record Visited(
                String page,
                @PersonalData(of = "metadata:userId") String search) {}
        EncryptingEventSerializer visits =
                EncryptingEventSerializer.of(JsonEventSerializer.of(EventTypes.of(Visited.class)), keys);
        InMemoryEventStore store = InMemoryEventStore.builder(visits).build();
        NewEvent visited = NewEvent.of(new Visited("home", "Ann Lee"));
        Shop.append(store, ACME, ANN, visited.withMetadata(EventMetadata.none().withUserId("u-17")));

        assertThat(first(store).stored().payloadJson()).contains("home").doesNotContain("Ann Lee");
        assertThat(first(store).payload()).isEqualTo(new Visited("home", "Ann Lee"));
        DataSubjects.of(store, visits).erase(ACME, "u-17", "asked");
        assertThat(first(store).payload()).isEqualTo(new Visited("home", "[erased]"));
        for (EventMetadata nobodys :
                List.of(EventMetadata.none(), EventMetadata.none().withUserId(" "))) {
            NewEvent event = NewEvent.of(new Visited("home", "Ann Lee")).withMetadata(nobodys);
            assertThatThrownBy(() -> visits.encode(ACME, ANN, event))
                    .isInstanceOf(EventSerializationException.class)
                    .hasMessageContaining("/search of event %s", event.id())
                    .hasMessageContaining("no id stands at metadata:userId")
                    .hasMessageNotContaining("Ann Lee");
        }
    }

    @Test
    void theLengthTellsNoShortValueFromAnother() {
        record Answered(
                String id,
                @PersonalData(of = "id", erased = "null") Boolean healthy,
                @PersonalData(of = "id") String name) {}
        EncryptingEventSerializer answers = EncryptingEventSerializer.builder(
                        JsonEventSerializer.of(EventTypes.of(Answered.class)), keys)
                .build();
        Set<Integer> lengths = new HashSet<>();
        for (Boolean healthy : new Boolean[] {true, false, null}) {
            for (int length : new int[] {0, 1, 30}) {
                String json =
                        text(answers.encode(ACME, ANN, NewEvent.of(new Answered("1", healthy, "x".repeat(length))))
                                .payload());
                lengths.add(valueOf(json, "healthy").length());
                lengths.add(valueOf(json, "name").length());
                assertThat(json).doesNotContain("xxxxxxxx");
            }
        }

        assertThat(lengths).hasSize(1);
        Set<Integer> longer = new TreeSet<>();
        for (int length = 31; length < 63; length++) {
            NewEvent event = NewEvent.of(new Answered("1", true, "x".repeat(length)));
            longer.add(valueOf(text(answers.encode(ACME, ANN, event).payload()), "name")
                    .length());
        }
        assertThat(longer).hasSize(2).doesNotContainAnyElementsOf(lengths);
    }

    @Test
    void anyTextComesBackAndOneThatIsNoneIsRefusedWithThePlaceNamed() {
        record Said(
                String id,
                @PersonalData(of = "id") String text,
                @PersonalData(of = "id") Map<String, String> more) {}
        EncryptingEventSerializer said =
                EncryptingEventSerializer.of(JsonEventSerializer.of(EventTypes.of(Said.class)), keys);
        for (String text : List.of(
                "",
                " ",
                "  blanks at both ends  ",
                "\\u0000",
                "\\\\u0000",
                "tab\tand\nline\r\nends\u0001\u001f\u007f",
                "\ufeff\ufffe\uffff\u2028",
                "{\"~personal\":{\"v\":1}}",
                "\uD83D\uDE00 e\u0301 \u202eab\u202c 中文")) {
            Said event = new Said("1", text, Map.of(text, text));
            EncodedEvent encoded = said.encode(ACME, ANN, NewEvent.of(event));

            assertThat(said.decode(Stored.of(ACME, encoded)).get(0).payload()).isEqualTo(event);
        }
        for (String none : List.of("NUL \u0000", "half \uD83D of a pair", "\uDE00", "at the end \uD83D")) {
            unstorable(said, new Said("1", none, Map.of()), "/text");
            unstorable(said, new Said("1", "", Map.of("key", none)), "/more/key");
            unstorable(said, new Said("1", "", Map.of(none, "value")), "/more");
        }
    }

    private static void unstorable(EncryptingEventSerializer serializer, Object event, String place) {
        assertThatThrownBy(() -> serializer.encode(ACME, ANN, NewEvent.of(event)))
                .isInstanceOf(EventSerializationException.class)
                .hasMessageContaining(place)
                .hasMessageNotContaining("half \uD83D of");
    }

    @Test
    void wholePayloadsHideEverythingAndPersonsAreErasedAllTheSame() {
        EncryptingEventSerializer whole = EncryptingEventSerializer.builder(
                        JsonEventSerializer.of(CustomerEvent.TYPES), keys)
                .encryptPayloads(true)
                .build();
        InMemoryEventStore store = InMemoryEventStore.builder(whole).build();
        NewEvent event = NewEvent.of(CustomerEvent.registered("c-1", "Ann Lee"));
        Shop.append(store, ACME, ANN, event);

        assertThat(Shop.append(store, ACME, ANN, event).alreadyRecorded()).isTrue();
        assertThat(first(store).payload()).isEqualTo(event.payload());
        assertThat(first(store).json())
                .isEqualTo(text(JsonEventSerializer.of(CustomerEvent.TYPES)
                        .encode(ACME, ANN, event)
                        .payload()));
        assertThat(first(store).maskedJson()).contains("c-1", "***").doesNotContain("Ann Lee");
        assertThat(first(store).stored().payloadJson())
                .contains("\"whole\"")
                .doesNotContain("\"c-1\"", "\"name\"", "\"limit\"");
        DataSubjects.of(store, whole).erase(ACME, "c-1", "asked");
        assertThat(store.walk(ACME, EventQuery.log()))
                .last()
                .satisfies(erased -> assertThat(erased.stored().payloadJson()).contains("c-1", "asked"));
        assertThat(((Registered) first(store).payload()).name()).isEqualTo("[erased]");
        assertThat(((Registered) first(store).payload()).limit()).isEqualTo("1E+2");
    }

    @Test
    void aConfigurationThatDemandsEncryptedPayloadsIsMetByASerializerThatHasThemSo() {
        EventStreamConfig config = EventStreamConfig.builder()
                .backend("memory")
                .encryptPayloads(true)
                .build();
        JsonEventSerializer json = JsonEventSerializer.of(CustomerEvent.TYPES);
        EncryptingEventSerializer whole = EncryptingEventSerializer.builder(json, keys)
                .encryptPayloads(config.encryptPayloads())
                .build();
        EventStreamManager manager = EventStreamManager.builder(config)
                .serializer(whole)
                .tenant(ACME)
                .build();

        manager.append(ANN, ExpectedVersion.any(), CustomerEvent.registered("c-1", "Ann Lee"));

        assertThat(manager.walk(EventQuery.stream(ANN))
                        .iterator()
                        .next()
                        .stored()
                        .payloadJson())
                .contains("\"whole\"");
        assertThatThrownBy(() -> EventStreamManager.builder(config)
                        .serializer(EncryptingEventSerializer.of(json, keys))
                        .tenant(ACME)
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("security.encrypt_payloads: ");
    }

    @Test
    void upcastersSeeClearValuesAndPlaceholders() {
        record Old(
                String customerId,
                @PersonalData(of = "customerId") String name) {}
        @EventName(value = "old", schemaVersion = 2)
        record New(
                String customerId,
                @PersonalData(of = "customerId") String name,
                int length) {}
        EventTypes before = EventTypes.of().with(EventType.of("old", 1), Old.class);
        JsonEventSerializer after = JsonEventSerializer.builder(EventTypes.of(New.class))
                .upcasters(Upcaster.of(EventType.of("old", 1), EventType.of("old", 2), payload -> {
                    payload.put("length", payload.get("name").stringValue().length());
                    return payload;
                }))
                .build();
        EncodedEvent old = EncryptingEventSerializer.of(JsonEventSerializer.of(before), keys)
                .encode(ACME, ANN, NewEvent.of(new Old("c-1", "Ann Lee")));
        EncryptingEventSerializer reading = EncryptingEventSerializer.of(after, keys);

        assertThat(reading.decode(Stored.of(ACME, old)).get(0).payload()).isEqualTo(new New("c-1", "Ann Lee", 7));
        assertThat(reading.decode(Stored.of(ACME, old)).get(0).maskedJson())
                .contains("***")
                .doesNotContain("Ann Lee");
        keys.store()
                .destroy(ACME, keys.store().current(ACME, "c-1").orElseThrow().id(), "asked");
        assertThat(EncryptingEventSerializer.of(after, SubjectKeys.of(keys.store(), Shop.MASTER))
                        .decode(Stored.of(ACME, old))
                        .get(0)
                        .payload())
                .isEqualTo(new New("c-1", "[erased]", 8));
    }

    @Test
    void fieldsCanBeNamedInPlaceOfMarked() {
        record Plain(String id, List<Line> lines) {
            record Line(String text) {}
        }
        EncryptingEventSerializer named = EncryptingEventSerializer.builder(
                        JsonEventSerializer.of(EventTypes.of(Plain.class)), keys)
                .personal("plain", "/lines/*/text", "/id", "")
                .build();

        String json = text(named.encode(ACME, ANN, NewEvent.of(new Plain("p", List.of(new Plain.Line("Ann Lee")))))
                .payload());

        assertThat(json).contains("\"/lines/0/text\":\"[erased]\"").doesNotContain("Ann Lee");
    }

    @Test
    void printingAnEventShowsNoPersonalDataAndNeedsNoKey() {
        InMemoryEventStore store = InMemoryEventStore.builder(serializer).build();
        Shop.append(store, ACME, ANN, CustomerEvent.registered("c-1", "Ann Lee"));
        InMemorySubjectKeyStore empty = new InMemorySubjectKeyStore();
        EncryptingEventSerializer blind = EncryptingEventSerializer.of(
                JsonEventSerializer.of(CustomerEvent.TYPES), SubjectKeys.of(empty, Shop.MASTER));

        assertThat(first(store).toString()).contains("c-1", "***").doesNotContain("Ann Lee", "1980-05");
        // Nothing is decrypted, nor looked up, until somebody asks what the event says.
        assertThat(blind.decode(first(store).stored()).get(0).maskedJson())
                .contains("***")
                .doesNotContain("Ann Lee");
    }

    private EncodedEvent encoded(Object event) {
        return serializer.encode(ACME, ANN, NewEvent.of(event));
    }

    private static RecordedEvent first(InMemoryEventStore store) {
        return store.walk(ACME, EventQuery.log()).iterator().next();
    }

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }

    private static String valueOf(String json, String name) {
        return json.substring(json.lastIndexOf("\"" + name + "\":\"")).split("\"", -1)[3];
    }
}
