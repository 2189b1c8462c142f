package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.read;
import static io.nexus.eventstream.core.Samples.written;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.EventSerializationException;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The stored JSON of every kind of field: what stands here stands in logs and must stay readable for ever. */
class JsonFieldsTest {

    enum Currency {
        MYR("Malaysian ringgit"),
        USD("dollar"),
        SGD("dollar");

        private final String words;

        Currency(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    record Priced(Currency currency, List<Currency> others, Map<Currency, Integer> rates) {}

    record Timed(OffsetDateTime offset, ZonedDateTime zone) {}

    record Nothing() {}

    record Hidden(Opaque value) {}

    static final class Opaque {

        private final String value;

        Opaque(String value) {
            this.value = value;
        }

        String value() {
            return value;
        }
    }

    @Test
    void enumsAreStoredByNameRatherThanByWhatTheyShow() {
        Priced priced =
                new Priced(Currency.MYR, List.of(Currency.USD, Currency.SGD), Map.of(Currency.SGD, 2, Currency.USD, 1));

        String json = written(priced);

        assertThat(json)
                .isEqualTo("{\"currency\":\"MYR\",\"others\":[\"USD\",\"SGD\"],\"rates\":{\"USD\":1,\"SGD\":2}}");
        assertThat(read(Priced.class, json)).isEqualTo(priced);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-03-31T10:00:00.123456789+08:00, 2026-03-31T10:00:00.123456789+08:00[Asia/Kuala_Lumpur]",
        "2026-11-01T01:30:00-03:30, 2026-11-01T01:30:00-03:30[America/St_Johns]",
        "2026-11-01T01:30:00-02:30, 2026-11-01T01:30:00-02:30[America/St_Johns]",
        "2026-03-31T10:00:00Z, 2026-03-31T10:00:00Z[UTC]",
        "2026-03-31T10:00:00Z, 2026-03-31T10:00:00Z",
        "2026-03-31T10:00:00+08:00, 2026-03-31T10:00:00+08:00",
    })
    void timesKeepTheirOffsetAndZone(String offset, String zone) {
        Timed timed = new Timed(OffsetDateTime.parse(offset), ZonedDateTime.parse(zone));

        String json = written(timed);

        assertThat(json).isEqualTo("{\"offset\":\"%s\",\"zone\":\"%s\"}".formatted(offset, zone));
        assertThat(read(Timed.class, json)).isEqualTo(timed);
    }

    @Test
    void aValueOfWhichNothingCanBeSeenIsRefusedRatherThanLost() {
        assertThatThrownBy(() -> written(new Hidden(new Opaque("hunter2"))))
                .isInstanceOf(EventSerializationException.class)
                .hasMessageStartingWith("an event of type hidden v1 cannot be written: ")
                .hasMessageContaining(Opaque.class.getName());
    }

    @Test
    void aRecordWithoutComponentsIsWritten() {
        assertThat(written(new Nothing())).isEqualTo("{}");
        assertThat(read(Nothing.class, "{}")).isEqualTo(new Nothing());
    }
}
