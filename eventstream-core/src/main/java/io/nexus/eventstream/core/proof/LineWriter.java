package io.nexus.eventstream.core.proof;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes lines of JSON in the one form that {@link LineReader} accepts: no space, nothing escaped that need not be. Not
 * thread-safe.
 */
final class LineWriter {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private byte[] line = new byte[1_024];
    private int length;

    /** Adds what stands there as it is, in ASCII. */
    LineWriter raw(String ascii) {
        reserve(ascii.length());
        for (int i = 0; i < ascii.length(); i++) {
            line[length++] = (byte) ascii.charAt(i);
        }
        return this;
    }

    LineWriter number(long number) {
        return raw(Long.toString(number));
    }

    LineWriter text(String text) {
        return text(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds a string of these bytes of UTF-8. */
    LineWriter text(byte[] utf8) {
        reserve(2 + 6 * utf8.length);
        line[length++] = '"';
        for (byte b : utf8) {
            if (b == '"' || b == '\\') {
                line[length++] = '\\';
                line[length++] = b;
            } else if (b >= 0 && b < 0x20) {
                raw("\\u00");
                hexDigits(b);
            } else {
                line[length++] = b;
            }
        }
        line[length++] = '"';
        return this;
    }

    /** Adds a string of hexadecimal digits. */
    LineWriter hex(byte[] bytes) {
        reserve(2 + 2 * bytes.length);
        line[length++] = '"';
        for (byte b : bytes) {
            hexDigits(b);
        }
        line[length++] = '"';
        return this;
    }

    /** Returns the line so far, as text. */
    String text() {
        return new String(line, 0, length, StandardCharsets.UTF_8);
    }

    /** Writes the line and begins the next. */
    void end(OutputStream out) throws IOException {
        raw("\n");
        out.write(line, 0, length);
        length = 0;
    }

    private void hexDigits(byte b) {
        line[length++] = HEX[b >> 4 & 0xf];
        line[length++] = HEX[b & 0xf];
    }

    private void reserve(int more) {
        if (line.length - length < more) {
            line = Arrays.copyOf(line, Math.max(2 * line.length, Math.addExact(length, more)));
        }
    }
}
