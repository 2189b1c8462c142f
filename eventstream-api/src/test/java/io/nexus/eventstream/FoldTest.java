package io.nexus.eventstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.Samples.Debited;
import io.nexus.eventstream.Samples.Read;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class FoldTest {

    private static final Fold<BigDecimal> BALANCE =
            Fold.of(BigDecimal.ZERO, Debited.class, (sum, event) -> sum.add(event.amount()));

    @Test
    void stateGrowsFromTheInitialStateEventByEvent() {
        BigDecimal state = BALANCE.initialState();
        state = BALANCE.evolve(state, read(new Debited("a", new BigDecimal("1.50"))));
        state = BALANCE.evolve(state, read(new Debited("b", new BigDecimal("2.25"))));

        assertThat(state).isEqualTo(new BigDecimal("3.75"));
    }

    @Test
    void anEventOfAnotherClassIsNotLeftOut() {
        assertThatThrownBy(() -> BALANCE.evolve(BigDecimal.ZERO, read("hunter2")))
                .isInstanceOfSatisfying(
                        EventSerializationException.class,
                        foreign -> assertThat(foreign.type()).isEqualTo("debited"))
                .hasMessage("a fold over io.nexus.eventstream.Samples$Debited met account/1000 version 7 at position 7 "
                        + "of tenant acme: debited v1, which is a java.lang.String: fold over a type that all events "
                        + "of the stream share");
    }

    @Test
    @SuppressWarnings("NullAway")
    void missingPartsAreNamed() {
        assertThatThrownBy(() -> Fold.of(null, Debited.class, (state, event) -> state))
                .hasMessage("initialState");
        assertThatThrownBy(() -> Fold.of(1, null, (state, event) -> state)).hasMessage("eventClass");
        assertThatThrownBy(() -> Fold.of(1, Debited.class, null)).hasMessage("evolve");
    }

    @Test
    @SuppressWarnings("NullAway")
    void aFixedContextAlwaysAnswersWithItsTenant() {
        TenantContext fixed = TenantContext.fixed(Samples.ACME);

        assertThat(fixed.current()).isEqualTo(Samples.ACME);
        assertThat(fixed.current()).isEqualTo(Samples.ACME);
        assertThatThrownBy(() -> TenantContext.fixed(null)).hasMessage("tenant");
    }

    private static RecordedEvent read(Object payload) {
        return new Read(Samples.stored(7), payload);
    }
}
