package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.read;
import static io.nexus.eventstream.core.Samples.written;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.EventMetadata;
import io.nexus.eventstream.EventSerializationException;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.spi.EncodedEvent;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZonedDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
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

    record Line(@Nullable String account, @Nullable BigDecimal amount) {}

    record Everything(
            Instant moment,
            LocalDate day,
            LocalTime time,
            YearMonth month,
            Duration span,
            Currency currency,
            Optional<String> some,
            Optional<String> none,
            Line line,
            List<Line> lines,
            Map<String, Integer> byKey,
            SortedSet<String> sorted,
            UUID id,
            long count,
            int small,
            boolean posted,
            double ratio,
            char letter,
            String text) {}

    @SuppressWarnings("ArrayRecordComponent")
    record Attached(byte[] content) {}

    record Mapped(Map<String, ?> map) {}

    /** Methods that look like properties and are none. */
    record Described(String b, String a, String c) {

        public String getLabel() {
            return "not stored";
        }

        public boolean isEmpty() {
            return false;
        }

        public String label() {
            return "not stored";
        }
    }

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

    @Test
    void everyKindOfFieldHasOneStoredForm() {
        Everything event = everything();
        String json = written(event);

        assertThat(json)
                .isEqualTo(
                        "{\"moment\":\"2026-03-31T10:00:00.123456789Z\",\"day\":\"2026-03-31\",\"time\":\"10:00:00\","
                                + "\"month\":\"2026-03\",\"span\":\"PT1.5S\",\"currency\":\"MYR\",\"some\":\"x\",\"none\":null,"
                                + "\"line\":{\"account\":\"1000\",\"amount\":0.10},"
                                + "\"lines\":[{\"account\":\"4000\",\"amount\":600},{\"account\":null,\"amount\":null}],"
                                + "\"byKey\":{\"10\":1,\"9\":2,\"a\":3},\"sorted\":[\"a\",\"b\"],"
                                + "\"id\":\"01563e3a-b5d3-d676-4c61-efb99302bd5b\",\"count\":9007199254740993,\"small\":-7,"
                                + "\"posted\":true,\"ratio\":0.1,\"letter\":\"\u00e9\",\"text\":\"\u20ac \ud83c\udfe6 \\\"\\\\/\\n\"}");
        assertThat(read(Everything.class, json)).isEqualTo(event);
    }

    @Test
    void bytesAreStoredInBase64() {
        String json = written(new Attached(new byte[] {0, 1, 2, (byte) 0xFF}));

        assertThat(json).isEqualTo("{\"content\":\"AAEC/w==\"}");
        assertThat(read(Attached.class, json).content()).containsExactly(0, 1, 2, 0xFF);
    }

    @Test
    void theStoredTextIsUtf8WithoutEscapesThatNobodyNeeds() {
        byte[] payload = JsonEventSerializer.of(EventTypes.of(Described.class))
                .encode(Samples.ACME, Samples.CASH, NewEvent.of(new Described("\u20ac \ud83c\udfe6", "x", "y")))
                .payload();

        assertThat(payload)
                .isEqualTo("{\"b\":\"\u20ac \ud83c\udfe6\",\"a\":\"x\",\"c\":\"y\"}".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void componentsAreStoredInTheOrderOfTheRecordAndNothingElse() {
        assertThat(written(new Described("1", "2", "3"))).isEqualTo("{\"b\":\"1\",\"a\":\"2\",\"c\":\"3\"}");
    }

    @Test
    void mapsAreStoredByKeyWhateverTheirOrder() {
        Map<String, Integer> forward = new LinkedHashMap<>();
        Map<String, Integer> backward = new LinkedHashMap<>();
        for (int i = 0; i < 100; i++) {
            forward.put("k" + i, i);
            backward.put("k" + (99 - i), 99 - i);
        }

        assertThat(written(new Mapped(forward)))
                .isEqualTo(written(new Mapped(backward)))
                .startsWith("{\"map\":{\"k0\":0,\"k1\":1,\"k10\":10,");
        assertThat(written(new Mapped(Map.of("b", Map.of("d", 1, "c", 2), "a", 3))))
                .isEqualTo("{\"map\":{\"a\":3,\"b\":{\"c\":2,\"d\":1}}}");
    }

    @Test
    void theSameEventGivesTheSameBytesTwice() {
        JsonEventSerializer serializer = JsonEventSerializer.of(EventTypes.of(Everything.class));
        NewEvent event = NewEvent.of(everything())
                .withMetadata(EventMetadata.none().with("z", "1").with("a", "2"));

        EncodedEvent one = serializer.encode(Samples.ACME, Samples.CASH, event);
        EncodedEvent other =
                JsonEventSerializer.of(EventTypes.of(Everything.class)).encode(Samples.ACME, Samples.CASH, event);

        assertThat(one.payload()).isEqualTo(other.payload());
        assertThat(one.metadata()).isEqualTo(other.metadata()).asString().isEqualTo("{\"a\":\"2\",\"z\":\"1\"}");
        assertThat(one.id()).isEqualTo(event.id());
        assertThat(one.type()).isEqualTo(EventType.of("everything", 1));
        assertThat(one.stream()).isEqualTo(Samples.CASH);
        assertThat(one.occurredAt()).isEmpty();
    }

    private static Everything everything() {
        return new Everything(
                Instant.parse("2026-03-31T10:00:00.123456789Z"),
                LocalDate.of(2026, 3, 31),
                LocalTime.of(10, 0),
                YearMonth.of(2026, 3),
                Duration.ofMillis(1_500),
                Currency.MYR,
                Optional.of("x"),
                Optional.empty(),
                new Line("1000", new BigDecimal("0.10")),
                List.of(new Line("4000", new BigDecimal("600")), new Line(null, null)),
                Map.of("a", 3, "9", 2, "10", 1),
                new TreeSet<>(Set.of("b", "a")),
                UUID.fromString("01563e3a-b5d3-d676-4c61-efb99302bd5b"),
                9_007_199_254_740_993L,
                -7,
                true,
                0.1,
                '\u00e9',
                "\u20ac \ud83c\udfe6 \"\\/\n");
    }
}
