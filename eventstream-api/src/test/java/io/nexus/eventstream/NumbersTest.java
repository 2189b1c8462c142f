package io.nexus.eventstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Versions and positions, which are numbers of the same kind that must not be mixed up. */
class NumbersTest {

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE})
    void negativeNumbersAreRefused(long value) {
        assertThatThrownBy(() -> EventVersion.of(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a version is 0 or more, not " + value);
        assertThatThrownBy(() -> Position.of(value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a position is 0 or more, not " + value);
    }

    @Test
    void zeroIsThePlaceBeforeTheFirstEvent() {
        assertThat(EventVersion.of(0)).isSameAs(EventVersion.NONE).isEqualTo(new EventVersion(0));
        assertThat(Position.of(0)).isSameAs(Position.START).isEqualTo(new Position(0));
        assertThat(EventVersion.NONE.next()).isEqualTo(EventVersion.first()).isEqualTo(EventVersion.of(1));
        assertThat(Position.START.next()).isEqualTo(Position.of(1));
    }

    @Test
    void theNextOneFollowsWithoutAGap() {
        assertThat(EventVersion.of(41).next()).isEqualTo(EventVersion.of(42));
        assertThat(Position.of(41).next()).isEqualTo(Position.of(42));
    }

    @Test
    void theLastNumberHasNoNext() {
        assertThatThrownBy(() -> EventVersion.of(Long.MAX_VALUE).next()).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Position.of(Long.MAX_VALUE).next()).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void numbersAreOrderedByValue() {
        assertThat(EventVersion.of(2)).isLessThan(EventVersion.of(10)).isEqualByComparingTo(EventVersion.of(2));
        assertThat(EventVersion.of(Long.MAX_VALUE)).isGreaterThan(EventVersion.NONE);
        assertThat(Position.of(2)).isLessThan(Position.of(10)).isEqualByComparingTo(Position.of(2));
        assertThat(Position.of(2).isBefore(Position.of(3))).isTrue();
        assertThat(Position.of(3).isBefore(Position.of(3))).isFalse();
        assertThat(Position.of(4).isBefore(Position.of(3))).isFalse();
    }

    @Test
    void numbersPrintAsNumbers() {
        assertThat(EventVersion.of(1234567)).hasToString("1234567").hasSameHashCodeAs(EventVersion.of(1234567));
        assertThat(Position.of(1234567)).hasToString("1234567").hasSameHashCodeAs(Position.of(1234567));
    }
}
