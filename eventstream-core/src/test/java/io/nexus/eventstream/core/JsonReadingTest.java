package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.decoded;
import static io.nexus.eventstream.core.Samples.read;
import static io.nexus.eventstream.core.Samples.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventSerializationException;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.EventVersion;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.UnknownEvent;
import io.nexus.eventstream.spi.DecodedEvent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReadingTest {

    private static final EventType MOVED = EventType.of("moved", 2);
    private static final String PLACE = "account/1000 version 3 at position 7 of tenant acme: ";

    record Counted(int count, long total, @Nullable Integer boxed) {}

    record Moved(
            @Nullable String from,
            @Nullable String to,
            Optional<String> by,
            @Nullable List<String> tags) {}

    record Anything(Object value) {}

    /** Must never come into being because JSON says so. */
    public static final class Gadget {

        static final AtomicInteger USED = new AtomicInteger();

        /** For whoever is tricked into it. */
        public Gadget() {
            USED.incrementAndGet();
        }

        /** For whoever is tricked into it. */
        public void setCommand(String command) {
            USED.incrementAndGet();
        }
    }

    private static final JsonEventSerializer SERIALIZER =
            JsonEventSerializer.of(EventTypes.of().with(MOVED, Moved.class));

    @Test
    void fieldsThatTheClassDoesNotKnowArePassedOver() {
        assertThat(moved("{\"from\":\"a\",\"colour\":{\"deep\":[1]},\"to\":\"b\"}"))
                .isEqualTo(new Moved("a", "b", Optional.empty(), null));
    }

    @Test
    void fieldsThatAreMissingOrNullAreNull() {
        assertThat(moved("{}")).isEqualTo(new Moved(null, null, Optional.empty(), null));
        assertThat(moved("{\"from\":null,\"by\":null,\"tags\":null}"))
                .isEqualTo(new Moved(null, null, Optional.empty(), null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"total\":1}|count",
                "{\"count\":1}|total",
                "{\"count\":null,\"total\":1}|count",
                "{\"count\":1,\"total\":null}|total",
                "{\"count\":\"\",\"total\":1}|count",
            })
    void aMissingNumberIsAnErrorRatherThanZero(String json, String field) {
        assertThatThrownBy(() -> read(Counted.class, json))
                .isInstanceOf(EventSerializationException.class)
                .hasMessage("%scounted v1 cannot be read as counted v1: its JSON does not fit the class at %s[\"%s\"]"
                        .formatted(PLACE, Counted.class.getName(), field));
    }

    @Test
    void aNumberThatMayBeMissingIsBoxed() {
        assertThat(read(Counted.class, "{\"count\":1,\"total\":2}")).isEqualTo(new Counted(1, 2, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"count\":10.5,\"total\":1}", "{\"count\":1,\"total\":10.5}"})
    void decimalsAreNotCutToWholeNumbers(String json) {
        assertThatThrownBy(() -> read(Counted.class, json))
                .isInstanceOf(EventSerializationException.class)
                .hasMessageContaining("its JSON does not fit the class at ");
    }

    @Test
    void aTypeThatIsNotRegisteredSaysWhatToDo() {
        assertThatThrownBy(() -> decoded(SERIALIZER, EventType.of("sold", 1), "{\"price\":\"hunter2\"}")
                        .payload())
                .isInstanceOfSatisfying(
                        EventSerializationException.class,
                        e -> assertThat(e.type()).isEqualTo("sold"))
                .hasMessage(
                        PLACE + "sold v1 cannot be read as sold v1; no class is registered for that name: add it to "
                                + "EventTypes, or declare that unknown types are shown as they are");
    }

    @Test
    void anOlderSchemaVersionNeedsAnUpcaster() {
        assertThatThrownBy(() ->
                        decoded(SERIALIZER, EventType.of("moved", 1), "{}").payload())
                .isInstanceOf(EventSerializationException.class)
                .hasMessage(
                        PLACE + "moved v1 cannot be read as moved v1; this application reads schema version 2: add an "
                                + "upcaster from version 1");
    }

    @Test
    void aNewerSchemaVersionNeedsANewerApplication() {
        assertThatThrownBy(() ->
                        decoded(SERIALIZER, EventType.of("moved", 3), "{}").payload())
                .isInstanceOf(EventSerializationException.class)
                .hasMessage(
                        PLACE + "moved v3 cannot be read as moved v3; this application knows schema versions up to 2: "
                                + "it was written by a newer one, update this one first");
    }

    @Test
    void unknownTypesAndVersionsAreShownAsTheyAreWhereThatIsDeclared() {
        JsonEventSerializer tolerant = JsonEventSerializer.builder(
                        EventTypes.of().with(MOVED, Moved.class))
                .allowUnknownTypes()
                .build();
        String json = "{ \"price\" : 1E+2 }";

        assertThat(decoded(tolerant, EventType.of("sold", 1), json).payload())
                .isEqualTo(new UnknownEvent(EventType.of("sold", 1), json));
        assertThat(decoded(tolerant, EventType.of("moved", 3), json).payload())
                .isEqualTo(new UnknownEvent(EventType.of("moved", 3), json));
        assertThat(decoded(tolerant, MOVED, "{}").payload()).isInstanceOf(Moved.class);
    }

    @Test
    void aPayloadThatNobodyOpensIsNotParsed() {
        JsonEventSerializer upcasting = JsonEventSerializer.builder(
                        EventTypes.of().with(MOVED, Moved.class))
                .upcasters(Upcaster.of(EventType.of("moved", 1), MOVED, payload -> payload))
                .build();
        DecodedEvent decoded =
                upcasting.decode(stored(MOVED, "no JSON at all", "nor this")).get(0);
        RecordedEvent event = new DecodedRecordedEvent(stored(MOVED, "no JSON at all", "nor this"), decoded, 0);

        assertThat(event.version()).isEqualTo(EventVersion.of(3));
        assertThat(event.type()).isEqualTo(MOVED);
        assertThat(event.json()).isEqualTo("no JSON at all");
        assertThatThrownBy(event::payload).isInstanceOf(EventSerializationException.class);
        assertThatThrownBy(event::metadata)
                .isInstanceOf(EventSerializationException.class)
                .hasMessageContaining("its JSON is malformed at line 1, column ");
    }

    @Test
    void aPayloadIsParsedOnce() {
        DecodedEvent event = decoded(SERIALIZER, MOVED, "{\"from\":\"a\"}");

        assertThat(event.payload()).isSameAs(event.payload());
        DecodedEvent withMetadata =
                SERIALIZER.decode(stored(MOVED, "{}", "{\"userId\":\"u-17\"}")).get(0);
        assertThat(withMetadata.metadata()).isSameAs(withMetadata.metadata());
    }

    @Test
    void metadataIsReadAsItWasWritten() {
        assertThat(SERIALIZER.decode(stored(MOVED, "{}", "{}")).get(0).metadata())
                .isSameAs(EventMetadata.none());
        assertThat(SERIALIZER
                        .decode(stored(MOVED, "{}", "{\"userId\":\"u-17\",\"a\":\"\"}"))
                        .get(0)
                        .metadata())
                .isEqualTo(EventMetadata.none().withUserId("u-17").with("a", ""));
        assertThat(SERIALIZER.decode(stored(MOVED, "{}", "{ }")).get(0).metadata())
                .isEqualTo(EventMetadata.none());
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1]", "\"hunter2\"", "null", "7"})
    void whatIsNoObjectIsNamedAsThat(String json) {
        assertThatThrownBy(() -> decoded(SERIALIZER, MOVED, json).maskedJson())
                .isInstanceOf(EventSerializationException.class)
                .hasMessage(PLACE + "moved v2 is stored as something else than a JSON object")
                .hasNoCause();
    }

    @ParameterizedTest
    @ValueSource(strings = {"@class", "@type", "@c", "class", "type"})
    void aClassNameInJsonDoesNothing(String key) {
        String gadget = Gadget.class.getName();
        String json = "{\"value\":{\"%s\":\"%s\",\"command\":\"x\"}}".formatted(key, gadget);

        assertThat(read(Anything.class, json).value()).isEqualTo(Map.of(key, gadget, "command", "x"));
        assertThat(read(Anything.class, "{\"value\":[\"%s\",{\"command\":\"x\"}]}".formatted(gadget))
                        .value())
                .isEqualTo(List.of(gadget, Map.of("command", "x")));
        assertThatCode(() -> moved("{\"%s\":\"%s\"}".formatted(key, gadget))).doesNotThrowAnyException();
        assertThat(Gadget.USED).hasValue(0);
    }

    private static Object moved(String json) {
        return decoded(SERIALIZER, MOVED, json).payload();
    }
}
