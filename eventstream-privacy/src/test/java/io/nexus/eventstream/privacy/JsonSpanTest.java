package io.nexus.eventstream.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** It finds the values that Jackson finds, and where they stand. */
class JsonSpanTest {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final List<String> TEXTS = List.of(
            "",
            "a",
            "A",
            "a ",
            "a/b",
            "a~b",
            "a~1b",
            "~",
            "0",
            "1",
            "*",
            "~personal",
            "\"",
            "\\",
            "\\\"",
            "\\u0061",
            "{}",
            "],[",
            "a\":1,\"b",
            "tab\tline\n\r\f\b\u0000\u001f",
            "ü",
            "u\u0308",
            "\u2028\ufeff\uffff",
            "中文",
            "\uD83D\uDE00");

    private static final List<String> NUMBERS =
            List.of("0", "-0", "7", "-12.50", "1E+2", "1e-7", "0.10", "12345678901234567890123.000", "1E400");

    private static final String BLANKS = " \t\r\n";

    @Test
    void ofAnyJsonItSeesWhatJacksonSees() {
        Random random = new Random(20261128);
        for (int i = 0; i < 3_000; i++) {
            String json = blanks(random) + value(random, 0) + blanks(random);
            byte[] bytes = json.getBytes(StandardCharsets.UTF_8);

            same(json, JsonSpan.of(bytes), MAPPER.readTree(bytes));
        }
    }

    @Test
    void ofChangedJsonItSeesWhatJacksonSeesOrRefusesIt() {
        Random random = new Random(46);
        int refused = 0;
        for (int i = 0; i < 3_000; i++) {
            StringBuilder json = new StringBuilder(value(random, 0));
            int at = random.nextInt(json.length());
            switch (random.nextInt(3)) {
                case 0 -> json.setLength(at);
                case 1 -> json.deleteCharAt(at);
                default -> json.insert(at, "{}[]\",:\\0-.eтx \n".charAt(random.nextInt(16)));
            }
            byte[] bytes = json.toString().getBytes(StandardCharsets.UTF_8);
            JsonSpan span;
            try {
                span = JsonSpan.of(bytes);
            } catch (IllegalArgumentException e) {
                refused++;
                continue;
            }
            // It does not look at what stands between quotes; Jackson does, when the event is read.
            JsonNode node;
            try {
                node = MAPPER.readTree(bytes);
            } catch (JacksonException e) {
                continue;
            }
            same(json.toString(), span, node);
        }
        assertThat(refused).isBetween(500, 2_900);
    }

    @Test
    void whatIsNoJsonIsRefused() {
        for (String json : List.of(
                "",
                " ",
                "{",
                "[",
                "\"",
                "\"\\",
                "\"\\\"",
                "{\"a\"",
                "{\"a\":",
                "{\"a\":1",
                "{\"a\":1,",
                "{\"a\":1,}",
                "{\"a\" 1}",
                "{a:1}",
                "{1:1}",
                "{\"a\":1 \"b\":2}",
                "{\"a\":1,\"a\":2}",
                "{\"a\":1,\"\\u0061\":2}",
                "{\"\\q\":1}",
                "[1,]",
                "[,]",
                "[1 2]",
                "[1}",
                "{\"a\":1]",
                "1 2",
                "{}{}",
                "nul",
                "nulll",
                "True",
                "01",
                "+1",
                "1.",
                ".5",
                "1e",
                "--1",
                "0x1",
                "NaN",
                "Infinity",
                "1/*x*/",
                "'a'",
                "[".repeat(1_000_000))) {
            assertThatIllegalArgumentException().as(json).isThrownBy(() -> JsonSpan.of(bytes(json)));
        }
    }

    @Test
    void pointersFindWhatTheyNameAndNothingElse() {
        JsonSpan span = JsonSpan.of(
                bytes("{ \"a\" : {\"a/b\":1,\"a~b\":2,\"\":{\"\":3}} , \"list\":[[4], {\"0\":5}] ,\"\\u0062\":6}"));

        Map.of("/a/a~1b", "1", "/a/a~0b", "2", "/a//", "3", "/list/0/0", "4", "/list/1/0", "5", "/b", "6")
                .forEach((pointer, text) -> assertThat(span.at(pointer))
                        .as(pointer)
                        .satisfies(found -> assertThat(found.text()).isEqualTo(text)));
        for (String pointer :
                List.of("/", "/A", "/a/a/b", "/a/b", "/list/2", "/list/00", "/list/-1", "/b/", "/\\u0062")) {
            assertThat(span.at(pointer)).as(pointer).isNull();
        }
    }

    private static void same(String json, JsonSpan span, JsonNode node) {
        String text = new String(span.bytes(), StandardCharsets.UTF_8);
        assertThat(MAPPER.readTree(text)).as(json).isEqualTo(node);
        assertThat(text).isEqualTo(text.strip());
        assertThat(span.isObject()).isEqualTo(node.isObject());
        assertThat(span.isArray()).isEqualTo(node.isArray());
        assertThat(span.isString()).isEqualTo(node.isString());
        assertThat(span.isNull()).isEqualTo(node.isNull());
        assertThat(span.inner()).hasSize(node.size());
        if (node.isObject()) {
            assertThat(new TreeSet<>(span.inner().keySet())).as(json).isEqualTo(new TreeSet<>(node.propertyNames()));
            node.properties().forEach(each -> {
                JsonSpan member = span.at(JsonSpan.pointer("", each.getKey()));
                assertThat(member).as(json).isNotNull().isSameAs(span.inner(each.getKey()));
                same(json, member, each.getValue());
            });
        } else if (node.isArray()) {
            Iterator<JsonSpan> items = span.inner().values().iterator();
            for (int i = 0; i < node.size(); i++) {
                JsonSpan item = items.next();
                assertThat(item).isSameAs(span.inner(Integer.toString(i)));
                same(json, item, node.get(i));
            }
        } else if (node.isString()) {
            assertThat(span.text()).as(json).isEqualTo(node.stringValue());
        } else {
            assertThat(span.text()).isEqualTo(text);
        }
    }

    private static String value(Random random, int depth) {
        return switch (random.nextInt(depth < 5 ? 9 : 5)) {
            case 0 -> List.of("true", "false", "null").get(random.nextInt(3));
            case 1, 2 -> NUMBERS.get(random.nextInt(NUMBERS.size()));
            case 3, 4 -> quoted(random, TEXTS.get(random.nextInt(TEXTS.size())));
            case 5, 6 -> items(random, depth);
            default -> members(random, depth);
        };
    }

    private static String items(Random random, int depth) {
        StringBuilder json = new StringBuilder("[").append(blanks(random));
        int size = random.nextInt(4);
        for (int i = 0; i < size; i++) {
            json.append(i == 0 ? "" : "," + blanks(random))
                    .append(value(random, depth + 1))
                    .append(blanks(random));
        }
        return json.append(']').toString();
    }

    private static String members(Random random, int depth) {
        StringBuilder json = new StringBuilder("{").append(blanks(random));
        TreeSet<String> names = new TreeSet<>();
        int size = random.nextInt(5);
        for (int i = 0; i < size; i++) {
            names.add(TEXTS.get(random.nextInt(TEXTS.size())));
        }
        String comma = "";
        for (String name : names) {
            json.append(comma)
                    .append(quoted(random, name))
                    .append(blanks(random))
                    .append(':');
            json.append(blanks(random)).append(value(random, depth + 1)).append(blanks(random));
            comma = "," + blanks(random);
        }
        return json.append('}').toString();
    }

    /** Returns a text as JSON, each character escaped or not as chance will have it. */
    private static String quoted(Random random, String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == '"' || c == '\\') {
                json.append(random.nextBoolean() && c >= ' ' ? "\\" + c : "\\u%04x".formatted((int) c));
            } else if (random.nextInt(4) == 0 || Character.isSurrogate(c)) {
                json.append("\\u%04X".formatted((int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }

    private static String blanks(Random random) {
        StringBuilder blanks = new StringBuilder();
        while (random.nextInt(3) == 0) {
            blanks.append(BLANKS.charAt(random.nextInt(BLANKS.length())));
        }
        return blanks.toString();
    }

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }
}
