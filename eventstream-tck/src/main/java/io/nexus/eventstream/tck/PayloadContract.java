package io.nexus.eventstream.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.nexus.eventstream.EventSerializationException;
import io.nexus.eventstream.NewEvent;
import io.nexus.eventstream.RecordedEvent;
import io.nexus.eventstream.tck.LedgerEvent.Nested;
import io.nexus.eventstream.tck.LedgerEvent.Noted;
import io.nexus.eventstream.tck.LedgerEvent.Posted;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an event may say: large and deep, and amounts to the last zero. */
abstract class PayloadContract extends StoreContract {

    private static final List<String> AMOUNTS = List.of(
            "0",
            "0.10",
            "-0.00",
            "0E+3",
            "0E-7",
            "600",
            "6E+2",
            "1E+2",
            "1E-10",
            "1.0E-400",
            "-9.99E+99",
            "12345678901234567.89",
            "9007199254740993",
            "9007199254740993.0",
            "18446744073709551617",
            "0.1000000000000000055511151231257827",
            "123456789." + "0".repeat(60),
            "7".repeat(300),
            "-0." + "3".repeat(300));

    PayloadContract(StoreFixture fixture) {
        super(fixture);
    }

    @Test
    final void amountsKeepValueAndScale() {
        append(cash, amounts());

        assertThat(stream(cash))
                .extracting(event -> ((Posted) event.payload()).amount())
                .containsExactlyElementsOf(AMOUNTS.stream().map(BigDecimal::new).toList());
    }

    @Test
    final void theStoredBytesOfAnAmountAreStable() {
        append(cash, amounts());
        List<RecordedEvent> first = stream(cash);
        append(bank, first.stream().map(event -> NewEvent.of(event.payload())).toArray(NewEvent[]::new));
        List<RecordedEvent> second = stream(bank);

        assertThat(first).hasSize(AMOUNTS.size());
        for (int i = 0; i < first.size(); i++) {
            assertThat(bytes(second.get(i)))
                    .as("bytes of %s, written, read and written again", AMOUNTS.get(i))
                    .isEqualTo(bytes(first.get(i)));
        }
        assertThat(bytes(first.get(AMOUNTS.indexOf("0.10"))))
                .as("0.10 is not 0.1")
                .isNotEqualTo(bytes(recorded(posted("JE", "0.1"))));
    }

    @Test
    final void equalEventsHaveEqualBytes() {
        Map<String, String> oneOrder = new LinkedHashMap<>();
        Map<String, String> otherOrder = new LinkedHashMap<>();
        for (int i = 0; i < 20; i++) {
            oneOrder.put("key " + i, "value " + i);
            otherOrder.put("key " + (19 - i), "value " + (19 - i));
        }
        NewEvent event = NewEvent.of(new Noted("tags", oneOrder));
        append(cash, event);

        NewEvent again = NewEvent.of(new Noted("tags", otherOrder)).withId(event.id());
        assertThat(append(cash, again).alreadyRecorded()).isTrue();
        assertThat(stream(cash).get(0).payload()).isEqualTo(event.payload());
    }

    @Test
    final void aPayloadOfFiveMegabytesIsKept() {
        String text = "Übertrag €\n".repeat(5 * 1024 * 1024 / 14);
        append(cash, NewEvent.of(new Noted(text, Map.of())));

        assertThat(stream(cash)).singleElement().satisfies(event -> {
            assertThat(event.stored().payload()).hasSizeGreaterThan(5_000_000);
            assertThat(((Noted) event.payload()).narrative().equals(text))
                    .as("the text comes back as it was")
                    .isTrue();
        });
    }

    @Test
    final void aPayloadFourHundredLevelsDeepIsKept() {
        NewEvent deep = NewEvent.of(nested(400));
        append(cash, deep, posted("beside it"));

        assertThat(stream(cash).get(0).payload()).isEqualTo(nested(400));
        assertThat(append(cash, deep).alreadyRecorded()).isTrue();
    }

    @Test
    final void aPayloadThatIsTooDeepIsRefusedWithThePlaceNamed() {
        EventSerializationException refusal = refused(
                EventSerializationException.class, () -> append(cash, posted("JE-1"), NewEvent.of(nested(2_000))));

        assertThat(refusal.type()).isEqualTo("nested");
        assertThat(refusal).hasMessageContaining("inner");
        assertThat(refusal.getMessage()).hasSizeLessThan(1_000);
    }

    private NewEvent[] amounts() {
        return AMOUNTS.stream().map(amount -> posted("JE", amount)).toArray(NewEvent[]::new);
    }

    /** Returns what is stored, or what is encrypted in it. */
    private byte[] bytes(RecordedEvent event) {
        return fixture.encryptsPayloads()
                ? event.json().getBytes(StandardCharsets.UTF_8)
                : event.stored().payload();
    }

    private RecordedEvent recorded(NewEvent event) {
        append(order, event);
        return store.find(tenant, event.id()).orElseThrow();
    }

    private static Nested nested(int levels) {
        @Nullable Nested nested = null;
        for (int i = 1; i < levels; i++) {
            nested = new Nested(nested);
        }
        return new Nested(nested);
    }
}
