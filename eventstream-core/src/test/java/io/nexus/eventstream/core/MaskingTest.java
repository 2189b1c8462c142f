package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.decoded;
import static io.nexus.eventstream.core.Samples.stored;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventSerializationException;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.RecordedEvent;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MaskingTest {

    private static final EventType JOINED = EventType.of("joined", 1);
    private static final String PLACE = "account/1000 version 3 at position 7 of tenant acme: joined v1";

    record Joined(String name, String password, String creditCard) {}

    private static final JsonEventSerializer SERIALIZER = JsonEventSerializer.of(EventTypes.of(Joined.class));

    @Test
    void theDefaultsAreThoseOfTheSpecification() {
        assertThat(JsonEventSerializer.DEFAULT_MASKED_FIELDS)
                .containsExactlyInAnyOrder("password", "ssn", "credit_card");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "password",
                "Password",
                "PASSWORD",
                "pass_word",
                "pass-word",
                "ssn",
                "SSN",
                "credit_card",
                "creditCard",
                "CREDIT-CARD",
                "creditcard"
            })
    void spellingsOfAMaskedNameDoNotMatter(String field) {
        assertThat(masked("{\"%s\":\"hunter2\",\"name\":\"Aisha\"}".formatted(field)))
                .isEqualTo("{\"%s\":\"***\",\"name\":\"Aisha\"}".formatted(field));
    }

    @ParameterizedTest
    @ValueSource(strings = {"passwords", "my_password", "ssn2", "card", "name"})
    void otherNamesAreShown(String field) {
        String json = "{\"%s\":\"shown\"}".formatted(field);

        assertThat(masked(json)).isEqualTo(json);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"a\":{\"b\":{\"ssn\":\"x\"}}}|{\"a\":{\"b\":{\"ssn\":\"***\"}}}",
                "{\"a\":[1,{\"ssn\":\"x\"},[{\"ssn\":\"y\"}]]}|{\"a\":[1,{\"ssn\":\"***\"},[{\"ssn\":\"***\"}]]}",
                "{\"ssn\":{\"country\":\"x\",\"no\":1}}|{\"ssn\":\"***\"}",
                "{\"ssn\":[\"x\",\"y\"]}|{\"ssn\":\"***\"}",
                "{\"ssn\":1234,\"n\":0.10}|{\"ssn\":\"***\",\"n\":0.10}",
                "{\"ssn\":null,\"password\":true}|{\"ssn\":\"***\",\"password\":\"***\"}",
                "{}|{}",
            })
    void valuesOfAnyKindAreHiddenAtAnyDepth(String json, String masked) {
        assertThat(masked(json)).isEqualTo(masked);
    }

    @Test
    void otherNamesCanBeMaskedInTheirPlace() {
        JsonEventSerializer serializer = JsonEventSerializer.builder(EventTypes.of(Joined.class))
                .maskedFields(Set.of("NAME"))
                .build();

        assertThat(decoded(serializer, JOINED, "{\"name\":\"Aisha\",\"password\":\"shown\"}")
                        .maskedJson())
                .isEqualTo("{\"name\":\"***\",\"password\":\"shown\"}");
    }

    @Test
    void theFourViewsOfAnEventShowDifferentThings() {
        EventType old = EventType.of("joined", 1);
        EventType present = EventType.of("joined", 2);
        JsonEventSerializer serializer = JsonEventSerializer.builder(
                        EventTypes.of().with(present, Joined.class))
                .upcasters(Upcaster.of(old, present, payload -> payload.put("creditCard", "4111")))
                .build();
        String json = "{\"name\":\"Aisha\" , \"password\":\"hunter2\"}";
        RecordedEvent event = recorded(serializer, json);

        assertThat(event.stored().payloadJson()).isEqualTo(json);
        assertThat(event.json()).isEqualTo("{\"name\":\"Aisha\",\"password\":\"hunter2\",\"creditCard\":\"4111\"}");
        assertThat(event.payload()).isEqualTo(new Joined("Aisha", "hunter2", "4111"));
        assertThat(event.maskedJson()).isEqualTo("{\"name\":\"Aisha\",\"password\":\"***\",\"creditCard\":\"***\"}");
        assertThat(event.json()).as("masking changes nothing else").contains("hunter2", "4111");
        assertThat(event.type()).isEqualTo(present);
        assertThat(event.metadata()).isEqualTo(EventMetadata.none());
        assertThat(event.part()).isZero();
    }

    @Test
    void textShowsPlaceAndMaskedPayload() {
        assertThat(recorded(SERIALIZER, "{\"name\":\"Aisha\",\"password\":\"hunter2\"}"))
                .hasToString(PLACE + " {\"name\":\"Aisha\",\"password\":\"***\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hunter2", "[\"hunter2\"]", "{\"password\":"})
    void theTextOfABrokenEventDoesNotFailAndShowsNothingOfIt(String json) {
        RecordedEvent broken = recorded(SERIALIZER, json);

        assertThat(broken).hasToString(PLACE + " (its JSON cannot be read)");
        assertThatThrownBy(broken::maskedJson).isInstanceOf(EventSerializationException.class);
    }

    private static String masked(String json) {
        return decoded(SERIALIZER, JOINED, json).maskedJson();
    }

    private static RecordedEvent recorded(JsonEventSerializer serializer, String json) {
        return new DecodedRecordedEvent(stored(JOINED, json), decoded(serializer, JOINED, json), 0);
    }
}
