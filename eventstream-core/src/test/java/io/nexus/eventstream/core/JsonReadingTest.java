package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.read;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.EventSerializationException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReadingTest {

    record Counted(int count, long total, Integer boxed) {}

    @ParameterizedTest
    @ValueSource(strings = {"{\"count\":10.5,\"total\":1}", "{\"count\":1,\"total\":10.5}"})
    void decimalsAreNotCutToWholeNumbers(String json) {
        assertThatThrownBy(() -> read(Counted.class, json))
                .isInstanceOf(EventSerializationException.class)
                .hasMessageContaining("its JSON does not fit the class at ");
    }
}
