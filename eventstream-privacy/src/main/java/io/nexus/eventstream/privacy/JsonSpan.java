package io.nexus.eventstream.privacy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A value in JSON text: where it begins and ends, and the values inside of it. What is not encrypted is copied byte for byte, so
 * no number or escape changes on the way; a tree of values would have to be written anew.
 */
final class JsonSpan {

    private static final JsonMapper MAPPER = new JsonMapper();

    private final byte[] json;
    private final int begin;
    private final int end;

    /** The values by name, or by place in a list; empty for all others. */
    private final Map<String, JsonSpan> inner;

    private JsonSpan(byte[] json, int begin, int end, Map<String, JsonSpan> inner) {
        this.json = json;
        this.begin = begin;
        this.end = end;
        this.inner = inner;
    }

    /**
     * Returns the value that some JSON is.
     *
     * @throws IllegalArgumentException if it is none
     */
    static JsonSpan of(byte[] json) {
        try {
            Scanner scanner = new Scanner(json);
            JsonSpan root = scanner.value();
            scanner.blanks();
            if (scanner.at != json.length) {
                throw new IllegalArgumentException("something stands behind the JSON");
            }
            return root;
        } catch (ArrayIndexOutOfBoundsException | StackOverflowError e) {
            throw new IllegalArgumentException("the JSON is cut off or too deep", e);
        }
    }

    int begin() {
        return begin;
    }

    int end() {
        return end;
    }

    Map<String, JsonSpan> inner() {
        return inner;
    }

    @Nullable
    JsonSpan inner(String name) {
        return inner.get(name);
    }

    /** Returns the value at a JSON pointer, null if there is none. */
    @Nullable
    JsonSpan at(String pointer) {
        JsonSpan span = this;
        for (String step : steps(pointer)) {
            span = span.inner(step);
            if (span == null) {
                return null;
            }
        }
        return span;
    }

    boolean isObject() {
        return json[begin] == '{';
    }

    boolean isArray() {
        return json[begin] == '[';
    }

    boolean isString() {
        return json[begin] == '"';
    }

    boolean isNull() {
        return json[begin] == 'n';
    }

    byte[] bytes() {
        byte[] copy = new byte[end - begin];
        System.arraycopy(json, begin, copy, 0, copy.length);
        return copy;
    }

    /** Returns a text without its quotes and escapes, and anything else as it is written. */
    String text() {
        return isString() ? unquoted(json, begin, end) : new String(json, begin, end - begin, StandardCharsets.UTF_8);
    }

    /** Returns the steps of a pointer, whose first character is a slash. */
    static List<String> steps(String pointer) {
        List<String> steps = new ArrayList<>();
        for (String step : pointer.substring(1).split("/", -1)) {
            steps.add(step.replace("~1", "/").replace("~0", "~"));
        }
        return steps;
    }

    /** Returns the pointer to a value inside of the one at a pointer. */
    static String pointer(String outer, String step) {
        return outer + "/" + step.replace("~", "~0").replace("/", "~1");
    }

    /** Returns a text as JSON. */
    static String quoted(String text) {
        return MAPPER.writeValueAsString(text);
    }

    private static String unquoted(byte[] json, int begin, int end) {
        for (int i = begin; i < end; i++) {
            if (json[i] == '\\') {
                return unescaped(json, begin, end);
            }
        }
        return new String(json, begin + 1, end - begin - 2, StandardCharsets.UTF_8);
    }

    private static String unescaped(byte[] json, int begin, int end) {
        try {
            return MAPPER.readValue(json, begin, end - begin, String.class);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("an escape is none at byte " + begin, e);
        }
    }

    /** Goes once over JSON that a serializer has written. */
    private static final class Scanner {

        private final byte[] json;
        private int at;

        Scanner(byte[] json) {
            this.json = json;
        }

        JsonSpan value() {
            blanks();
            int begin = at;
            Map<String, JsonSpan> inner = Map.of();
            switch (json[at]) {
                case '{' -> inner = members();
                case '[' -> inner = items();
                case '"' -> string();
                case 't' -> word("true");
                case 'f' -> word("false");
                case 'n' -> word("null");
                default -> number();
            }
            return new JsonSpan(json, begin, at, inner);
        }

        private Map<String, JsonSpan> members() {
            Map<String, JsonSpan> members = new LinkedHashMap<>();
            for (boolean more = begins('}'); more; more = goesOn('}')) {
                blanks();
                int begin = at;
                string();
                String name = unquoted(json, begin, at);
                require(':');
                if (members.put(name, value()) != null) {
                    throw new IllegalArgumentException("a name stands twice in an object");
                }
            }
            return members;
        }

        private Map<String, JsonSpan> items() {
            Map<String, JsonSpan> items = new LinkedHashMap<>();
            for (boolean more = begins(']'); more; more = goesOn(']')) {
                items.put(Integer.toString(items.size()), value());
            }
            return items;
        }

        /** Steps over the opening bracket; returns whether anything stands in it, and steps over the closing one if not. */
        private boolean begins(char closing) {
            at++;
            blanks();
            if (json[at] == closing) {
                at++;
                return false;
            }
            return true;
        }

        private boolean goesOn(char closing) {
            blanks();
            byte next = json[at++];
            if (next != ',' && next != closing) {
                throw new IllegalArgumentException("a comma is missing at byte " + (at - 1));
            }
            return next == ',';
        }

        private void require(char wanted) {
            blanks();
            if (json[at++] != wanted) {
                throw new IllegalArgumentException("\"%s\" is missing at byte %d".formatted(wanted, at - 1));
            }
        }

        private void string() {
            require('"');
            while (json[at] != '"') {
                at += json[at] == '\\' ? 2 : 1;
            }
            at++;
        }

        private void word(String word) {
            for (int i = 0; i < word.length(); i++) {
                if (json[at++] != word.charAt(i)) {
                    throw new IllegalArgumentException("no value stands before byte " + at);
                }
            }
        }

        private void number() {
            stepOver('-');
            if (!stepOver('0')) {
                digits();
            }
            if (stepOver('.')) {
                digits();
            }
            if (stepOver('e') || stepOver('E')) {
                if (!stepOver('+')) {
                    stepOver('-');
                }
                digits();
            }
        }

        private void digits() {
            int begin = at;
            while (at < json.length && json[at] >= '0' && json[at] <= '9') {
                at++;
            }
            if (at == begin) {
                throw new IllegalArgumentException("no value stands at byte " + at);
            }
        }

        private boolean stepOver(char wanted) {
            boolean found = at < json.length && json[at] == wanted;
            at += found ? 1 : 0;
            return found;
        }

        void blanks() {
            while (at < json.length && (json[at] == ' ' || json[at] == '\n' || json[at] == '\r' || json[at] == '\t')) {
                at++;
            }
        }
    }
}
