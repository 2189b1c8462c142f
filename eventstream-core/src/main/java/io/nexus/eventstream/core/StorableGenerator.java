package io.nexus.eventstream.core;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.CharBuffer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.exc.StreamWriteException;
import tools.jackson.core.util.JsonGeneratorDelegate;

/** Refuses what cannot be stored or not be read back, and names the place in the JSON. */
final class StorableGenerator extends JsonGeneratorDelegate {

    private static final int MAX_PLACE = 200;
    private static final BigInteger TOO_LARGE = BigInteger.TEN.pow(JsonText.MAX_DIGITS);

    StorableGenerator(JsonGenerator generator) {
        super(generator, false);
    }

    @Override
    public JsonGenerator writeStartObject() throws JacksonException {
        refuseDeeper();
        return super.writeStartObject();
    }

    @Override
    public JsonGenerator writeStartObject(Object forValue) throws JacksonException {
        refuseDeeper();
        return super.writeStartObject(forValue);
    }

    @Override
    public JsonGenerator writeStartObject(Object forValue, int size) throws JacksonException {
        refuseDeeper();
        return super.writeStartObject(forValue, size);
    }

    @Override
    public JsonGenerator writeStartArray() throws JacksonException {
        refuseDeeper();
        return super.writeStartArray();
    }

    @Override
    public JsonGenerator writeStartArray(Object forValue) throws JacksonException {
        refuseDeeper();
        return super.writeStartArray(forValue);
    }

    @Override
    public JsonGenerator writeStartArray(Object forValue, int size) throws JacksonException {
        refuseDeeper();
        return super.writeStartArray(forValue, size);
    }

    @Override
    public JsonGenerator writeName(String name) throws JacksonException {
        String fault = fault(name, 0, name.length());
        if (fault != null) {
            // The object, not the name before: Jackson's pointer moves on only once a name is written.
            String object = pointer(streamWriteContext().getParent());
            throw refused("a name with " + fault, "below " + (object.isEmpty() ? "the root" : object));
        }
        return super.writeName(name);
    }

    @Override
    public JsonGenerator writeString(String text) throws JacksonException {
        if (text != null) {
            refuseUnstorable(text, 0, text.length());
        }
        return super.writeString(text);
    }

    @Override
    public JsonGenerator writeString(char[] buffer, int offset, int length) throws JacksonException {
        refuseUnstorable(CharBuffer.wrap(buffer), offset, offset + length);
        return super.writeString(buffer, offset, length);
    }

    @Override
    public JsonGenerator writeNumber(BigDecimal number) throws JacksonException {
        if (number != null && number.precision() > JsonText.MAX_DIGITS) {
            throw tooLarge();
        }
        return super.writeNumber(number);
    }

    @Override
    public JsonGenerator writeNumber(BigInteger number) throws JacksonException {
        if (number != null && number.abs().compareTo(TOO_LARGE) >= 0) {
            throw tooLarge();
        }
        return super.writeNumber(number);
    }

    private void refuseDeeper() {
        if (streamWriteContext().getNestingDepth() >= JsonText.MAX_DEPTH) {
            throw refused("nesting deeper than " + JsonText.MAX_DEPTH, "at " + place());
        }
    }

    private void refuseUnstorable(CharSequence text, int from, int to) {
        String fault = fault(text, from, to);
        if (fault != null) {
            throw refused("a text with " + fault, "at " + place());
        }
    }

    private StreamWriteException tooLarge() {
        return refused("a number of more than %d digits".formatted(JsonText.MAX_DIGITS), "at " + place());
    }

    private Refused refused(String what, String where) {
        return new Refused(this, what + " " + where);
    }

    /** Returns where the next value goes. In a list Jackson's pointer still shows the value before. */
    private String place() {
        TokenStreamContext context = streamWriteContext();
        return context.inArray()
                ? shortened(context.getParent().pathAsPointer() + "/" + context.getEntryCount())
                : pointer(context);
    }

    private static String pointer(TokenStreamContext context) {
        return shortened(context.pathAsPointer().toString());
    }

    private static String shortened(String pointer) {
        return pointer.length() <= MAX_PLACE ? pointer : pointer.substring(0, MAX_PLACE) + "…";
    }

    private static @Nullable String fault(CharSequence text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c == 0) {
                return "NUL (U+0000), which PostgreSQL cannot store,";
            }
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c) || i + 1 == to || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return "half of a surrogate pair, which is not a character,";
                }
                i++;
            }
        }
        return null;
    }

    /** A value that is refused here; its message names the place already. */
    static final class Refused extends StreamWriteException {

        private static final long serialVersionUID = 1L;

        Refused(JsonGenerator generator, String message) {
            super(generator, message);
        }
    }
}
