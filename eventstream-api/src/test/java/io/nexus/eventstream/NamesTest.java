package io.nexus.eventstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All names that reach the database are refused for the same reasons, in the same words. */
class NamesTest {

    private static final String HALF = " must not contain half of a surrogate pair (not a character), found at index ";

    /** A place where a name is given, and how it comes out again. */
    // The functions are lambdas without state of their own, which the checker cannot know.
    @SuppressWarnings("ImmutableEnumChecker")
    enum Name {
        TENANT("tenant id", 128, name -> TenantId.of(name).value()),
        AGGREGATE("aggregate id", 255, name -> AggregateId.of(name).value()),
        CATEGORY("stream category", 64, name -> StreamId.of(name, "1").category()),
        AGGREGATE_OF_STREAM(
                "aggregate id",
                255,
                name -> StreamId.of("a", name).aggregateId().value()),
        EVENT_TYPE("event type", 128, name -> EventType.of(name, 1).name()),
        METADATA_KEY(
                "metadata key",
                128,
                name -> EventMetadata.none()
                        .with(name, "x")
                        .entries()
                        .keySet()
                        .iterator()
                        .next());

        private final String words;
        private final int longest;
        private final UnaryOperator<String> throughTheType;

        Name(String words, int longest, UnaryOperator<String> throughTheType) {
            this.words = words;
            this.longest = longest;
            this.throughTheType = throughTheType;
        }
    }

    @ParameterizedTest
    @EnumSource
    void blankNamesAreRefused(Name name) {
        Stream.of("", " ", "\t\n", "\u2003\u3000")
                .forEach(blank -> assertRefused(name, blank, name.words + " must not be blank"));
    }

    @ParameterizedTest
    @EnumSource
    void nulIsRefusedWhereverItStands(Name name) {
        Map.of("\0", 0, "a\0b", 1, "🏦\0", 2)
                .forEach((text, index) -> assertRefused(
                        name, text, name.words + " must not contain NUL (U+0000), found at index " + index));
    }

    @ParameterizedTest
    @EnumSource
    void halvesOfSurrogatePairsAreRefusedWhereverTheyStand(Name name) {
        Map.of(
                        "a\uD83C", 1,
                        "\uD83Cx", 0,
                        "ab\uDFE6", 2,
                        "\uDFE6\uD83C", 0,
                        "\uD83C\uD83C\uDFE6", 0,
                        "🏦\uD83C", 2,
                        "🏦\uDFE6", 2)
                .forEach((text, index) -> assertRefused(name, text, name.words + HALF + index));
    }

    @ParameterizedTest
    @EnumSource
    void theFirstOfSeveralFaultsIsNamed(Name name) {
        assertRefused(name, "a\0\uD83C", name.words + " must not contain NUL (U+0000), found at index 1");
        assertRefused(name, "\0\uD83C", name.words + " must not contain NUL (U+0000), found at index 0");
        assertRefused(name, "\uD83Ca\0", name.words + HALF + 0);
    }

    @ParameterizedTest
    @EnumSource
    void everyOtherCharacterOfUnicodeIsKeptAsItIs(Name name) {
        for (int character = 1; character <= Character.MAX_CODE_POINT; character++) {
            if (character < Character.MIN_SURROGATE || character > Character.MAX_SURROGATE) {
                String text = "x" + Character.toString(character);
                if (!name.throughTheType.apply(text).equals(text)) {
                    throw new AssertionError("U+%04X was changed".formatted(character));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void lengthCountsCharactersRatherThanJavaChars(Name name) {
        String longest = "🏦".repeat(name.longest);

        assertThat(name.throughTheType.apply(longest)).isEqualTo(longest);
        assertThat(name.throughTheType.apply("x".repeat(name.longest))).hasSize(name.longest);
        String tooLong =
                "%s has %d characters, at most %d are allowed".formatted(name.words, name.longest + 1, name.longest);
        assertRefused(name, longest + "x", tooLong);
        assertRefused(name, "x".repeat(name.longest + 1), tooLong);
    }

    @ParameterizedTest
    @EnumSource
    void caseAndSurroundingSpacesAreKept(Name name) {
        assertThat(name.throughTheType.apply(" Acme\u00A0")).isEqualTo(" Acme\u00A0");
    }

    @ParameterizedTest
    @EnumSource(names = "METADATA_KEY", mode = EnumSource.Mode.EXCLUDE)
    @SuppressWarnings("NullAway")
    void aMissingNameIsNamed(Name name) {
        assertThatThrownBy(() -> name.throughTheType.apply(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage(name.words);
    }

    @Test
    void namesAreComparedExactly() {
        assertThat(TenantId.of("acme"))
                .isEqualTo(TenantId.of("acme"))
                .hasSameHashCodeAs(TenantId.of("acme"))
                .isNotEqualTo(TenantId.of("Acme"))
                .hasToString("acme");
        assertThat(AggregateId.of("1000"))
                .isEqualTo(AggregateId.of("1000"))
                .hasSameHashCodeAs(AggregateId.of("1000"))
                .isNotEqualTo(AggregateId.of("1000 "))
                .hasToString("1000");
        assertThat(EventType.of("moved", 2))
                .isEqualTo(EventType.of("moved", 2))
                .hasSameHashCodeAs(EventType.of("moved", 2))
                .isNotEqualTo(EventType.of("moved", 1))
                .isNotEqualTo(EventType.of("Moved", 2))
                .hasToString("moved v2");
    }

    @Test
    void partsOfAStreamIdAreNeverJoined() {
        StreamId one = StreamId.of("a/b", "c");
        StreamId other = StreamId.of("a", "b/c");

        assertThat(one).hasToString("a/b/c").isNotEqualTo(other);
        assertThat(other).hasToString("a/b/c");
        assertThat(one).isEqualTo(new StreamId("a/b", AggregateId.of("c"))).hasSameHashCodeAs(StreamId.of("a/b", "c"));
    }

    @Test
    @SuppressWarnings("NullAway")
    void aStreamIdNeedsAnAggregateId() {
        assertThatThrownBy(() -> new StreamId("account", null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("aggregateId");
    }

    @Test
    void schemaVersionsBeginWithOne() {
        assertThat(EventType.of("moved", 1).schemaVersion()).isEqualTo(1);
        Stream.of(0, -1, Integer.MIN_VALUE)
                .forEach(version -> assertThatThrownBy(() -> EventType.of("moved", version))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("schema version of event type moved is %d, the first is 1".formatted(version)));
    }

    private static void assertRefused(Name name, String text, String message) {
        assertThatThrownBy(() -> name.throughTheType.apply(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
