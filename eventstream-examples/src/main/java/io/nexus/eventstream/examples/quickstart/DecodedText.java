package io.nexus.eventstream.examples.quickstart;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/**
 * The text of a UTF-8 file, without a byte order mark. Lines that are not UTF-8 are remembered, so that one bad byte spoils
 * its own record and no other.
 *
 * @param text all lines; in bad ones a question mark in a diamond stands for what could not be read
 * @param badLines the numbers of the lines that are not UTF-8, the first line being 1
 * @param lines how many lines there are
 */
record DecodedText(String text, BitSet badLines, int lines) {

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    static DecodedText of(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length);
        BitSet badLines = new BitSet();
        int line = 0;
        for (int begin = 0, end; begin < bytes.length; begin = end) {
            end = endOfLine(bytes, begin);
            line++;
            ByteBuffer encoded = ByteBuffer.wrap(bytes, begin, end - begin);
            try {
                text.append(StandardCharsets.UTF_8.newDecoder().decode(encoded.duplicate()));
            } catch (CharacterCodingException e) {
                badLines.set(line);
                CharBuffer replaced = StandardCharsets.UTF_8.decode(encoded);
                text.append(replaced);
            }
        }
        boolean marked = !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK;
        return new DecodedText(marked ? text.substring(1) : text.toString(), badLines, line);
    }

    /** Returns where the line after this one begins: after LF, CRLF, or a CR alone. */
    private static int endOfLine(byte[] bytes, int begin) {
        for (int i = begin; i < bytes.length; i++) {
            if (bytes[i] == '\n' || (bytes[i] == '\r' && (i + 1 == bytes.length || bytes[i + 1] != '\n'))) {
                return i + 1;
            }
        }
        return bytes.length;
    }

    /** Returns the index at which the text goes on after a line. */
    int indexAfter(long line) {
        int index = 0;
        for (long passed = 0; passed < line && index < text.length(); index++) {
            char c = text.charAt(index);
            if (c == '\n' || (c == '\r' && (index + 1 == text.length() || text.charAt(index + 1) != '\n'))) {
                passed++;
            }
        }
        return index;
    }

    /** Returns whether one of the lines from first to last is not UTF-8. */
    boolean isBad(long first, long last) {
        int bad = badLines.nextSetBit(Math.toIntExact(first));
        return bad >= 0 && bad <= last;
    }
}
