package io.nexus.eventstream.core.proof;

import io.nexus.eventstream.EventHash;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Takes a line of JSON apart that has exactly the form in which {@link LineWriter} writes. Not thread-safe. */
final class LineReader {

    private final byte[] line;
    private final int begin;
    private final int end;
    private int at;

    /** Takes the bytes from one index to before another. */
    LineReader(byte[] line, int begin, int end) {
        this.line = line;
        this.begin = begin;
        this.end = end;
        this.at = begin;
    }

    /** Returns whether these characters come next. */
    boolean isNext(String ascii) {
        if (end - at < ascii.length()) {
            return false;
        }
        for (int i = 0; i < ascii.length(); i++) {
            if (line[at + i] != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    LineReader expect(String ascii) throws UnreadableException {
        if (!isNext(ascii)) {
            throw new UnreadableException("\"%s\" is expected at byte %d".formatted(ascii, column()));
        }
        at += ascii.length();
        return this;
    }

    long number() throws UnreadableException {
        int first = at;
        while (at < end && (line[at] == '-' || (line[at] >= '0' && line[at] <= '9'))) {
            at++;
        }
        String digits = new String(line, first, at - first, StandardCharsets.US_ASCII);
        try {
            long number = Long.parseLong(digits);
            if (Long.toString(number).equals(digits)) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new UnreadableException("a number is expected at byte " + (first - begin + 1));
    }

    /** Returns the bytes of a string. */
    byte[] text() throws UnreadableException {
        expect("\"");
        byte[] text = new byte[textEnd() - at];
        int length = 0;
        while (line[at] != '"') {
            byte b = line[at++];
            text[length++] = b == '\\' ? escaped() : b;
        }
        at++;
        return length == text.length ? text : Arrays.copyOf(text, length);
    }

    EventHash hash() throws UnreadableException {
        return EventHash.of(hex(EventHash.LENGTH));
    }

    /** Returns so many bytes from their digits. */
    byte[] hex(int length) throws UnreadableException {
        expect("\"");
        if (end - at < 2 * length) {
            throw new UnreadableException(
                    "%d hexadecimal digits are expected at byte %d".formatted(2 * length, column()));
        }
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (digit() << 4 | digit());
        }
        expect("\"");
        return bytes;
    }

    /** Returns the bytes of a string of digits that may have any length. */
    byte[] hex() throws UnreadableException {
        int digits = 0;
        while (at + 1 + digits < end && line[at + 1 + digits] != '"') {
            digits++;
        }
        return hex(digits / 2);
    }

    void end() throws UnreadableException {
        if (at != end) {
            throw new UnreadableException("the line should end at byte " + column());
        }
    }

    /** Returns where the string ends that has begun. */
    private int textEnd() throws UnreadableException {
        int i = at;
        while (i < end && line[i] != '"') {
            if (line[i] >= 0 && line[i] < 0x20) {
                throw new UnreadableException(
                        "a control character that is not escaped stands at byte " + (i - begin + 1));
            }
            i += line[i] == '\\' ? 2 : 1;
        }
        if (i >= end) {
            throw new UnreadableException("the string at byte %d does not end".formatted(column()));
        }
        return i;
    }

    /** Returns the byte behind a backslash; only the bytes that must be escaped may be. */
    private byte escaped() throws UnreadableException {
        byte b = line[at++];
        if (b == '"' || b == '\\') {
            return b;
        }
        at--;
        expect("u00");
        int control = digit() << 4 | digit();
        if (control >= 0x20) {
            throw new UnreadableException("a character is escaped that need not be, at byte " + column());
        }
        return (byte) control;
    }

    private int digit() throws UnreadableException {
        int digit = at < end ? "0123456789abcdef".indexOf(line[at]) : -1;
        if (digit < 0) {
            throw new UnreadableException("a hexadecimal digit is expected at byte " + column());
        }
        at++;
        return digit;
    }

    private int column() {
        return at - begin + 1;
    }
}
