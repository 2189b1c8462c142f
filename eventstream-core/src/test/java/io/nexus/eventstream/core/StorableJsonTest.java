package io.nexus.eventstream.core;

import static io.nexus.eventstream.core.Samples.read;
import static io.nexus.eventstream.core.Samples.written;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nexus.eventstream.EventSerializationException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What cannot be stored, or not be read back, is refused when it is written, with its place as a JSON pointer. */
class StorableJsonTest {

    private static final String NUL = "NUL (U+0000), which PostgreSQL cannot store,";
    private static final String HALF = "half of a surrogate pair, which is not a character,";

    record Note(Object content) {}

    record Node(@Nullable Node child) {}

    record Lists(List<?> list) {}

    record Large(BigInteger number) {}

    @ParameterizedTest
    @ValueSource(strings = {"a\0b", "\0", "🏦\0"})
    void nulIsRefused(String text) {
        assertRefused(text, "a text with " + NUL + " at /content");
        assertRefused(Map.of(text, 1), "a name with " + NUL + " below /content");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\uD83C", "\uD83Cx", "\uDFE6", "\uDFE6\uD83C", "\uD83C\uD83C\uDFE6", "🏦\uD83C"})
    void halvesOfSurrogatePairsAreRefused(String text) {
        assertRefused(text, "a text with " + HALF + " at /content");
        assertRefused(Map.of(text, 1), "a name with " + HALF + " below /content");
    }

    @Test
    void everyOtherCharacterOfUnicodeIsReadBackAsItWasWritten() {
        StringBuilder all = new StringBuilder();
        for (int character = 1; character <= Character.MAX_CODE_POINT; character++) {
            if (character < Character.MIN_SURROGATE || character > Character.MAX_SURROGATE) {
                all.appendCodePoint(character);
            }
        }
        String text = all.toString();

        assertThat(read(Note.class, written(new Note(text))).content().equals(text))
                .isTrue();
        assertThat(read(Note.class, written(new Note(Map.of(text, 1))))
                        .content()
                        .equals(Map.of(text, 1)))
                .isTrue();
    }

    @Test
    void thePlaceIsNamedInListsAndMapsAtAnyDepth() {
        assertRefused(List.of("\0"), "a text with " + NUL + " at /content/0");
        assertRefused(List.of("a", "b", "\0"), "a text with " + NUL + " at /content/2");
        assertRefused(List.of(List.of("a"), List.of("b", "\0")), "a text with " + NUL + " at /content/1/1");
        assertRefused(new String[] {"a", "\0"}, "a text with " + NUL + " at /content/1");
        assertRefused(
                new TreeMap<>(Map.of("a", 1, "k", List.of("x", Map.of("y", "\0")))),
                "a text with " + NUL + " at /content/k/1/y");
        assertRefused(List.of(1, Map.of("\0", 2)), "a name with " + NUL + " below /content/1");
        assertRefused(Map.of("a/b", "\0"), "a text with " + NUL + " at /content/a~1b");
    }

    @Test
    void aNameIsNotTakenForTheOneBeforeIt() {
        assertRefused(new TreeMap<>(Map.of("a", 1, "b\0", 2)), "a name with " + NUL + " below /content");
    }

    @Test
    void textsOfEveryOtherKindAreLookedAtToo() {
        StringBuilder builder = new StringBuilder();
        builder.append('a').append('\0');
        assertRefused(builder, "a text with " + NUL + " at /content");
        assertRefused(new char[] {'a', 0}, "a text with " + NUL + " at /content");
        assertRefused('\0', "a text with " + NUL + " at /content");
        assertRefused(Map.of('\0', 1), "a name with " + NUL + " below /content");
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.putArray("a").add(1).add("\0");
        assertRefused(tree, "a text with " + NUL + " at /content/a/1");
    }

    @Test
    void onlyThePartOfABufferThatIsWrittenCounts() {
        assertThat(written(new Note(new char[] {'a', 'b'}))).isEqualTo("{\"content\":\"ab\"}");
    }

    @Test
    void nestingUpTo500IsWrittenAndReadBack() {
        assertThat(read(Node.class, written(nested(499)))).isEqualTo(nested(499));
        assertThat(read(Node.class, written(nested(500)))).isEqualTo(nested(500));
    }

    @Test
    void deeperNestingIsRefusedWithTheBeginningOfItsPlace() {
        String place = "/child".repeat(34).substring(0, 200) + "…";

        assertThatThrownBy(() -> written(nested(501)))
                .isInstanceOf(EventSerializationException.class)
                .hasMessage("an event of type node v1 cannot be written: nesting deeper than 500 at " + place);
    }

    @Test
    void deepMapsAreRefusedAsWell() {
        Map<String, ?> map = Map.of();
        for (int depth = 2; depth < 500; depth++) {
            map = Map.of("m", map);
        }
        Map<String, ?> deepest = map;
        assertThat(read(Note.class, written(new Note(deepest)))).isEqualTo(new Note(deepest));

        assertThatThrownBy(() -> written(new Note(Map.of("m", deepest))))
                .isInstanceOf(EventSerializationException.class)
                .hasMessageStartingWith(
                        "an event of type note v1 cannot be written: nesting deeper than 500 at /content/m/m/m/");
    }

    @Test
    void deepTreesAreRefusedAsWell() {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        ObjectNode deepest = tree;
        for (int depth = 2; depth < 500; depth++) {
            deepest = deepest.putObject("t");
        }
        assertThat(written(new Note(tree))).endsWith("{\"t\":{}" + "}".repeat(499));

        deepest.putObject("t");
        assertThatThrownBy(() -> written(new Note(tree)))
                .isInstanceOf(EventSerializationException.class)
                .hasMessageStartingWith(
                        "an event of type note v1 cannot be written: nesting deeper than 500 at /content/t/t/t/");
    }

    @Test
    void deepListsAreRefusedAsWell() {
        List<?> list = List.of();
        for (int depth = 2; depth < 500; depth++) {
            list = List.of(list);
        }
        List<?> deepest = list;
        assertThat(read(Lists.class, written(new Lists(deepest)))).isEqualTo(new Lists(deepest));

        assertThatThrownBy(() -> written(new Lists(List.of(deepest))))
                .isInstanceOf(EventSerializationException.class)
                .hasMessageStartingWith(
                        "an event of type lists v1 cannot be written: nesting deeper than 500 at /list/0/0/0/");
    }

    @Test
    void integersOf10000DigitsAreTheLargest() {
        BigInteger largest = BigInteger.TEN.pow(10_000).subtract(BigInteger.ONE);

        assertThat(read(Large.class, written(new Large(largest)))).isEqualTo(new Large(largest));
        assertThat(read(Large.class, written(new Large(largest.negate())))).isEqualTo(new Large(largest.negate()));
        String message = "an event of type large v1 cannot be written: a number of more than 10000 digits at /number";
        assertThatThrownBy(() -> written(new Large(BigInteger.TEN.pow(10_000))))
                .isInstanceOf(EventSerializationException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> written(new Large(BigInteger.TEN.pow(10_000).negate())))
                .isInstanceOf(EventSerializationException.class)
                .hasMessage(message);
    }

    private static Node nested(int depth) {
        Node node = new Node(null);
        for (int i = 1; i < depth; i++) {
            node = new Node(node);
        }
        return node;
    }

    private static void assertRefused(Object content, String message) {
        assertThatThrownBy(() -> written(new Note(content)))
                .isInstanceOfSatisfying(
                        EventSerializationException.class,
                        refused -> assertThat(refused.type()).isEqualTo("note"))
                .hasMessage("an event of type note v1 cannot be written: " + message);
    }
}
