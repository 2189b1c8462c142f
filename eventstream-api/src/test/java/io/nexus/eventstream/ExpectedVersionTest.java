package io.nexus.eventstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ExpectedVersionTest {

    @Test
    void eachChoiceIsMetByItsVersionsOnly() {
        assertMet(ExpectedVersion.any(), true, true, true);
        assertMet(ExpectedVersion.noStream(), true, false, false);
        assertMet(ExpectedVersion.streamExists(), false, true, true);
        assertMet(ExpectedVersion.exactly(1), false, true, false);
        assertMet(ExpectedVersion.exactly(EventVersion.of(2)), false, false, true);
    }

    @Test
    void exactlyNoEventsIsNoStream() {
        assertThat(ExpectedVersion.exactly(0)).isSameAs(ExpectedVersion.noStream());
        assertThat(ExpectedVersion.exactly(EventVersion.NONE)).isSameAs(ExpectedVersion.noStream());
        assertThatThrownBy(() -> new ExpectedVersion.Exactly(EventVersion.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("use ExpectedVersion.noStream() for a stream without events");
    }

    @Test
    void negativeVersionsAreRefused() {
        assertThatThrownBy(() -> ExpectedVersion.exactly(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a version is 0 or more, not -1");
    }

    @Test
    void choicesAreEqualByWhatTheyExpect() {
        assertThat(ExpectedVersion.exactly(7))
                .isEqualTo(ExpectedVersion.exactly(EventVersion.of(7)))
                .hasSameHashCodeAs(ExpectedVersion.exactly(7))
                .isNotEqualTo(ExpectedVersion.exactly(8))
                .isNotEqualTo(ExpectedVersion.streamExists());
        assertThat(ExpectedVersion.any()).isEqualTo(ExpectedVersion.any()).isNotEqualTo(ExpectedVersion.noStream());
    }

    @Test
    void choicesReadAsTheEndOfASentence() {
        assertThat(ExpectedVersion.any()).hasToString("any version");
        assertThat(ExpectedVersion.noStream()).hasToString("no stream");
        assertThat(ExpectedVersion.streamExists()).hasToString("an existing stream");
        assertThat(ExpectedVersion.exactly(7)).hasToString("exactly version 7");
    }

    private static void assertMet(ExpectedVersion expected, boolean byNone, boolean byFirst, boolean bySecond) {
        assertThat(expected.isMetBy(EventVersion.NONE))
                .as("%s, no events", expected)
                .isEqualTo(byNone);
        assertThat(expected.isMetBy(EventVersion.of(1)))
                .as("%s, at 1", expected)
                .isEqualTo(byFirst);
        assertThat(expected.isMetBy(EventVersion.of(2)))
                .as("%s, at 2", expected)
                .isEqualTo(bySecond);
    }
}
