package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.read;
import static io.nexus.eventstream.core.Samples.written;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

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

    @Test
    void enumsAreStoredByNameRatherThanByWhatTheyShow() {
        Priced priced =
                new Priced(Currency.MYR, List.of(Currency.USD, Currency.SGD), Map.of(Currency.SGD, 2, Currency.USD, 1));

        String json = written(priced);

        assertThat(json)
                .isEqualTo("{\"currency\":\"MYR\",\"others\":[\"USD\",\"SGD\"],\"rates\":{\"USD\":1,\"SGD\":2}}");
        assertThat(read(Priced.class, json)).isEqualTo(priced);
    }
}
