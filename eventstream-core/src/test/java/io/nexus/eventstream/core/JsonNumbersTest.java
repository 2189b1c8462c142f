package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.decoded;
import static io.nexus.eventstream.core.Samples.read;
import static io.nexus.eventstream.core.Samples.written;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.EventSerializationException;
import io.nexus.eventstream.EventType;
import io.nexus.eventstream.EventTypes;
import io.nexus.eventstream.spi.DecodedEvent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Amounts come back as they were written: equal, which for BigDecimal means with the same scale, and to the byte. */
class JsonNumbersTest {

    private static final EventType OLD = EventType.of("booked", 1);
    private static final EventType PRESENT = EventType.of("booked", 2);

    /** Lets every event pass through a tree. */
    private static final JsonEventSerializer UPCASTING = JsonEventSerializer.builder(
                    EventTypes.of().with(PRESENT, Booked.class))
            .upcasters(Upcaster.of(OLD, PRESENT, payload -> payload.put("seen", true)))
            .build();

    record Booked(BigDecimal amount) {}

    static Stream<String> amounts() {
        return Stream.of(
                "0.10",
                "600",
                "6E+2",
                "1E+2",
                "1E-10",
                "1.00E+400",
                "12345678901234567.89",
                "9007199254740993",
                "-9007199254740993.0",
                "0.00",
                "0E+3",
                "0",
                "-1",
                "100000000000000000000000000000.01",
                "1E+1000000",
                "1E-1000000",
                "9".repeat(300),
                "-0." + "0".repeat(5) + "9".repeat(300),
                "1" + "0".repeat(9_999));
    }

    @ParameterizedTest
    @MethodSource("amounts")
    void amountsKeepValueAndScaleToTheByte(String text) {
        BigDecimal amount = new BigDecimal(text);
        String json = "{\"amount\":%s}".formatted(amount);

        assertThat(written(new Booked(amount))).isEqualTo(json);
        assertThat(read(Booked.class, json)).isEqualTo(new Booked(amount));
    }

    @ParameterizedTest
    @MethodSource("amounts")
    void amountsKeepValueAndScaleThroughTheTreeOfAnUpcaster(String text) {
        BigDecimal amount = new BigDecimal(text);
        DecodedEvent event = decoded(UPCASTING, OLD, "{\"amount\":%s}".formatted(amount));

        assertThat(event.payload()).isEqualTo(new Booked(amount));
        assertThat(event.json()).isEqualTo("{\"amount\":%s,\"seen\":true}".formatted(amount));
        assertThat(event.maskedJson()).isEqualTo("{\"amount\":%s,\"seen\":true}".formatted(amount));
    }

    @Test
    void anyAmountSurvivesBothWays() {
        long seed = 42;
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            BigDecimal amount =
                    new BigDecimal(new BigInteger(1 + random.nextInt(200), random), random.nextInt(61) - 30);
            BigDecimal signed = random.nextBoolean() ? amount : amount.negate();
            String json = written(new Booked(signed));

            assertThat(read(Booked.class, json).amount()).as("seed %d", seed).isEqualTo(signed);
            assertThat(decoded(UPCASTING, OLD, json).payload())
                    .as("seed %d", seed)
                    .isEqualTo(new Booked(signed));
        }
    }

    @Test
    void aMinusBeforeZeroIsNoAmount() {
        assertThat(new BigDecimal("-0.00")).isEqualTo(new BigDecimal("0.00"));
        assertThat(read(Booked.class, "{\"amount\":-0.00}")).isEqualTo(new Booked(new BigDecimal("0.00")));
        assertThat(decoded(UPCASTING, OLD, "{\"amount\":-0.00}").payload())
                .isEqualTo(new Booked(new BigDecimal("0.00")));
    }

    @Test
    void spellingsOfOtherWritersAreReadExactly() {
        assertThat(read(Booked.class, "{\"amount\":1e2}").amount()).isEqualTo(new BigDecimal("1E+2"));
        assertThat(read(Booked.class, "{\"amount\":\"0.10\"}").amount()).isEqualTo(new BigDecimal("0.10"));
    }

    @Test
    void tenThousandDigitsAreTheMost() {
        BigDecimal largest = new BigDecimal("0." + "7".repeat(10_000));
        assertThat(read(Booked.class, written(new Booked(largest))).amount()).isEqualTo(largest);

        for (String text : new String[] {"7".repeat(10_001), "-0." + "7".repeat(10_001), "1" + "0".repeat(10_000)}) {
            assertThatThrownBy(() -> written(new Booked(new BigDecimal(text))))
                    .isInstanceOf(EventSerializationException.class)
                    .hasMessage("an event of type booked v1 cannot be written: a number of more than 10000 digits at "
                            + "/amount");
        }
    }
}
