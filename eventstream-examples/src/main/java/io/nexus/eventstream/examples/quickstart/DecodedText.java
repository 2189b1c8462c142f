package io.nexus.eventstream.examples.quickstart;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The text of a UTF-8 file, without a byte order mark. Lines that are not UTF-8 are remembered, so that one bad byte spoils
 * its own record and no other. Lines are counted from 1 and end in LF, CRLF, or a CR alone.
 */
final class DecodedText {

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final StringBuilder text = new StringBuilder();
    private final BitSet badLines = new BitSet();
    private int[] ends = new int[1_024];
    private int lines;

    DecodedText(byte[] bytes) {
        boolean marked = bytes.length >= BYTE_ORDER_MARK.length
                && Arrays.equals(bytes, 0, BYTE_ORDER_MARK.length, BYTE_ORDER_MARK, 0, BYTE_ORDER_MARK.length);
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        for (int begin = marked ? BYTE_ORDER_MARK.length : 0, end; begin < bytes.length; begin = end) {
            end = endOfLine(bytes, begin);
            addLine(decoder, ByteBuffer.wrap(bytes, begin, end - begin));
        }
    }

    private void addLine(CharsetDecoder decoder, ByteBuffer line) {
        lines++;
        try {
            text.append(decoder.decode(line.duplicate()));
        } catch (CharacterCodingException e) {
            badLines.set(lines);
            // What can be read of it is read, since it may tell which entry the line belongs to.
            text.append(StandardCharsets.UTF_8.decode(line));
        }
        if (lines == ends.length) {
            ends = Arrays.copyOf(ends, 2 * lines);
        }
        ends[lines] = text.length();
    }

    private static int endOfLine(byte[] bytes, int begin) {
        for (int i = begin; i < bytes.length; i++) {
            if (bytes[i] == '\n' || (bytes[i] == '\r' && (i + 1 == bytes.length || bytes[i + 1] != '\n'))) {
                return i + 1;
            }
        }
        return bytes.length;
    }

    /** Returns the whole text. */
    String text() {
        return text.toString();
    }

    /** Returns how many lines there are. */
    int lines() {
        return lines;
    }

    /** Returns the index at which the text goes on after a line; 0 is before the first. */
    int indexAfter(long line) {
        return ends[Math.toIntExact(line)];
    }

    /** Returns whether one of the lines from first to last is not UTF-8. */
    boolean isBad(long first, long last) {
        int bad = badLines.nextSetBit(Math.toIntExact(first));
        return bad >= 0 && bad <= last;
    }

    /** Returns whether no line is bad. */
    boolean isGood() {
        return badLines.isEmpty();
    }
}
