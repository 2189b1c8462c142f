package io.nexus.eventstream.privacy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

/**
 * JSON of which some values are encrypted. Its first member says which, with which key, and what takes their place once the key is
 * gone, so that nobody needs to know the classes of old events:
 *
 * <pre>{@code
 * {"~personal":{"v":1,"keys":{"<key>":{"/name":"[erased]"}}},"customerId":"c-1","name":"<base64>"}
 * {"~personal":{"v":1,"whole":"<key>"},"data":"<base64>"}
 * }</pre>
 *
 * <p>No component of a record can have that name, and an event or metadata with such a member is refused, so no clear value can be
 * taken for an encrypted one.
 */
final class EncryptedJson {

    /** The name of the member; not a Java identifier. */
    static final String MEMBER = "~personal";

    private static final byte[] BEGIN = ("{\"" + MEMBER + "\":").getBytes(StandardCharsets.US_ASCII);
    private static final String VERSION = "1";
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final byte[] json;
    private final JsonSpan header;

    /** In the order in which they stand. */
    private final List<Secret> secrets;

    private EncryptedJson(byte[] json, JsonSpan header, List<Secret> secrets) {
        this.json = json;
        this.header = header;
        this.secrets = secrets;
    }

    /**
     * An encrypted value.
     *
     * @param path the JSON pointer to it; empty for all of the JSON
     * @param key which key it is encrypted with
     * @param erased what takes its place, as JSON
     * @param span where it stands
     */
    record Secret(String path, UUID key, String erased, JsonSpan span) {

        /** Returns what was encrypted, in the form that comes out of the cipher. */
        byte[] bytes() {
            if (!span.isString()) {
                throw new IllegalArgumentException("no text stands at " + path);
            }
            return Base64.getUrlDecoder().decode(span.text());
        }
    }

    /**
     * A value that is to be encrypted.
     *
     * @param encrypted its bytes as they come out of the cipher
     */
    // Compared nowhere.
    @SuppressWarnings("ArrayRecordComponent")
    record Hidden(String path, UUID key, String erased, JsonSpan span, byte[] encrypted) {}

    static boolean is(byte[] json) {
        if (json.length < BEGIN.length) {
            return false;
        }
        for (int i = 0; i < BEGIN.length; i++) {
            if (json[i] != BEGIN[i]) {
                return false;
            }
        }
        return true;
    }

    /** Returns JSON with these of its values in the place of what they were. */
    static byte[] with(byte[] json, List<Hidden> values) {
        Map<UUID, StringBuilder> fieldsByKey = new TreeMap<>();
        for (Hidden value : values) {
            fieldsByKey
                    .computeIfAbsent(value.key(), key -> new StringBuilder())
                    .append(',')
                    .append(JsonSpan.quoted(value.path()))
                    .append(':')
                    .append(value.erased());
        }
        StringBuilder keys = new StringBuilder();
        fieldsByKey.forEach((key, fields) -> keys.append(",\"")
                .append(key)
                .append("\":{")
                .append(fields.substring(1))
                .append('}'));
        Writer out = new Writer(json);
        out.write("{\"%s\":{\"v\":%s,\"keys\":{%s}},".formatted(MEMBER, VERSION, keys.substring(1)));
        out.from(1);
        for (Hidden value : inOrder(values, Hidden::span)) {
            out.replace(value.span(), "\"" + ENCODER.encodeToString(value.encrypted()) + "\"");
        }
        return out.rest();
    }

    /** Returns JSON that shows nothing but which key it is encrypted with. */
    static byte[] whole(UUID key, byte[] encrypted) {
        return "{\"%s\":{\"v\":%s,\"whole\":\"%s\"},\"data\":\"%s\"}"
                .formatted(MEMBER, VERSION, key, ENCODER.encodeToString(encrypted))
                .getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Reads JSON for which {@link #is} holds.
     *
     * @throws IllegalArgumentException if it is not written as it is here
     */
    static EncryptedJson of(byte[] json) {
        JsonSpan root = JsonSpan.of(json);
        JsonSpan header = required(root, MEMBER);
        if (!required(header, "v").text().equals(VERSION)) {
            throw new IllegalArgumentException("its form has another version than " + VERSION);
        }
        if (header.inner().size() != 2) {
            throw new IllegalArgumentException("its first member says something else than which keys there are");
        }
        JsonSpan whole = header.inner("whole");
        if (whole != null) {
            Secret all = new Secret("", UUID.fromString(whole.text()), "{}", required(root, "data"));
            return new EncryptedJson(json, header, List.of(all));
        }
        List<Secret> secrets = new ArrayList<>();
        required(header, "keys").inner().forEach((key, fields) -> secrets.addAll(secrets(root, key, fields)));
        requireSome(secrets);
        List<Secret> inOrder = inOrder(secrets, Secret::span);
        int end = header.end();
        for (Secret secret : inOrder) {
            if (secret.span().begin() < end) {
                throw new IllegalArgumentException(
                        "another encrypted value, or the list of them, overlaps " + secret.path());
            }
            end = secret.span().end();
        }
        return new EncryptedJson(json, header, inOrder);
    }

    private static List<Secret> secrets(JsonSpan root, String key, JsonSpan fields) {
        UUID id = UUID.fromString(key);
        List<Secret> secrets = new ArrayList<>();
        fields.inner().forEach((path, erased) -> {
            JsonSpan span = path.startsWith("/") ? root.at(path) : null;
            if (span == null) {
                throw new IllegalArgumentException("nothing stands at " + path);
            }
            secrets.add(new Secret(path, id, new String(erased.bytes(), StandardCharsets.UTF_8), span));
        });
        requireSome(secrets);
        return secrets;
    }

    private static void requireSome(List<Secret> secrets) {
        if (secrets.isEmpty()) {
            throw new IllegalArgumentException("it names no encrypted values");
        }
    }

    List<Secret> secrets() {
        return secrets;
    }

    boolean isWhole() {
        return header.inner("whole") != null;
    }

    /** Returns the JSON as it was, with these values. */
    byte[] with(Function<Secret, byte[]> values) {
        if (isWhole()) {
            return values.apply(secrets.get(0));
        }
        Writer out = new Writer(json);
        out.write("{");
        out.from(json[header.end()] == ',' ? header.end() + 1 : header.end());
        for (Secret secret : secrets) {
            out.replace(secret.span(), values.apply(secret));
        }
        return out.rest();
    }

    private static JsonSpan required(JsonSpan object, String name) {
        JsonSpan member = object.inner(name);
        if (member == null) {
            throw new IllegalArgumentException("the member %s is missing".formatted(name));
        }
        return member;
    }

    private static <T> List<T> inOrder(List<T> values, Function<T, JsonSpan> span) {
        return values.stream()
                .sorted(Comparator.comparingInt(value -> span.apply(value).begin()))
                .toList();
    }

    /** Copies JSON with some values replaced. */
    private static final class Writer {

        private final byte[] json;
        private final ByteArrayOutputStream out;
        private int at;

        Writer(byte[] json) {
            this.json = json;
            this.out = new ByteArrayOutputStream(2 * json.length + 128);
        }

        void write(String text) {
            out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        }

        void from(int place) {
            at = place;
        }

        void replace(JsonSpan span, String value) {
            replace(span, value.getBytes(StandardCharsets.UTF_8));
        }

        void replace(JsonSpan span, byte[] value) {
            out.write(json, at, span.begin() - at);
            out.writeBytes(value);
            at = span.end();
        }

        byte[] rest() {
            out.write(json, at, json.length - at);
            return out.toByteArray();
        }
    }
}
