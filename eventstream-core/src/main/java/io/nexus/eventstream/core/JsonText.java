package io.nexus.eventstream.core;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.CharBuffer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.exc.StreamWriteException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonGeneratorDelegate;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/** How the library writes and reads JSON: exactly, tolerantly, and nothing that PostgreSQL or a later reader must refuse. */
final class JsonText {

    static final int MAX_DEPTH = 500;

    private static final int MAX_DIGITS = 10_000;

    private JsonText() {}

    static JsonMapper mapper() {
        JsonFactory factory = JsonFactory.builder()
                // The default pool of Jackson 3 makes small reads about 60 % slower than a pool per thread.
                .recyclerPool(JsonRecyclerPools.threadLocalPool())
                .streamWriteConstraints(StreamWriteConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .build())
                // What could be written must be readable for ever: only the writing side has limits of its own.
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(2 * MAX_DEPTH)
                        .maxNumberLength(2 * MAX_DIGITS)
                        .maxNameLength(Integer.MAX_VALUE)
                        .maxStringLength(Integer.MAX_VALUE)
                        .build())
                .addDecorator((tokens, generator) -> new StorableOnly(generator))
                .build();
        return JsonMapper.builder(factory)
                .enable(MapperFeature.INFER_RECORD_GETTERS_FROM_COMPONENTS_ONLY)
                .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .enable(JsonNodeFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
                .build();
    }

    /** Refuses what cannot be stored or not be read back, and names the place in the JSON. */
    private static final class StorableOnly extends JsonGeneratorDelegate {

        StorableOnly(JsonGenerator generator) {
            super(generator, false);
        }

        @Override
        public JsonGenerator writeName(String name) throws JacksonException {
            refuseUnstorable(name, 0, name.length(), "a name");
            return super.writeName(name);
        }

        @Override
        public JsonGenerator writeString(String text) throws JacksonException {
            if (text != null) {
                refuseUnstorable(text, 0, text.length(), "a text");
            }
            return super.writeString(text);
        }

        @Override
        public JsonGenerator writeString(char[] buffer, int offset, int length) throws JacksonException {
            refuseUnstorable(CharBuffer.wrap(buffer), offset, offset + length, "a text");
            return super.writeString(buffer, offset, length);
        }

        @Override
        public JsonGenerator writeNumber(BigDecimal number) throws JacksonException {
            if (number != null && number.precision() > MAX_DIGITS) {
                throw refused("a number of more than %d digits".formatted(MAX_DIGITS));
            }
            return super.writeNumber(number);
        }

        @Override
        public JsonGenerator writeNumber(BigInteger number) throws JacksonException {
            // A decimal digit holds a little more than three bits.
            if (number != null && number.bitLength() > 3 * MAX_DIGITS) {
                throw refused("a number of more than about %d digits".formatted(MAX_DIGITS));
            }
            return super.writeNumber(number);
        }

        private void refuseUnstorable(CharSequence text, int from, int to, String what) {
            for (int i = from; i < to; i++) {
                char c = text.charAt(i);
                if (c == 0) {
                    throw refused(what + " with NUL (U+0000), which PostgreSQL cannot store");
                }
                if (Character.isSurrogate(c)) {
                    if (Character.isLowSurrogate(c) || i + 1 == to || !Character.isLowSurrogate(text.charAt(i + 1))) {
                        throw refused(what + " with half of a surrogate pair, which is not a character");
                    }
                    i++;
                }
            }
        }

        private StreamWriteException refused(String what) {
            return new StreamWriteException(
                    this, "%s at %s".formatted(what, streamWriteContext().pathAsPointer()));
        }
    }
}
