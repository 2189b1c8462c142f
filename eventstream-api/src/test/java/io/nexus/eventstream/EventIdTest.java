package io.nexus.eventstream;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventIdTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "123456789-123-1234-1234-123456789012",
                "+0000000-0000-0001-0000-000000000001",
                "1-1-1-1-0000000000000000000000000001",
                "00000000-0000-0001-0000-0000000000-1",
                "zzzzzzzz-0000-0001-0000-000000000001",
                "000000000000000000000000000000000000",
            })
    void textThatJavaWouldBendIntoAUuidIsRefused(String text) {
        assertThatThrownBy(() -> EventId.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "\"%s\" is not an event id: expected a ULID of 26 characters or a UUID of 36".formatted(text));
    }
}
