package io.nexus.eventstream.core.proof;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.TenantId;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Cuts an export into lines, in the memory of the longest one, and hashes what it has read. */
final class ExportFile {

    /**
     * The largest payload and metadata that a store can be told to take, each byte escaped, and room for the rest. A file without ends
     * of lines must not be read to its end.
     */
    static final int MAX_LINE = 6 * ((256 + 16) << 20) + (1 << 20);

    private final InputStream in;
    private final int maxLine;
    private final MessageDigest sha256 = sha256();

    private byte[] buffer = new byte[1 << 16];
    private int filled;
    private long lines;

    // The line that was returned last, its end included, and where the next begins.
    private int line;
    private int begin;

    ExportFile(InputStream in) {
        this(in, MAX_LINE);
    }

    ExportFile(InputStream in, int maxLine) {
        this.in = in;
        this.maxLine = maxLine;
    }

    /** Returns the tenant that the first line names. */
    TenantId header() throws IOException, UnreadableException {
        LineReader first = next();
        if (first == null) {
            throw new UnreadableException("it is empty");
        }
        TenantId tenant = ExportLines.header(first);
        hash();
        return tenant;
    }

    /** Returns the next line, null after the last. It is valid until the next call. */
    @Nullable
    LineReader next() throws IOException, UnreadableException {
        int searched = begin;
        while (true) {
            for (int i = searched; i < filled; i++) {
                if (buffer[i] == '\n') {
                    line = begin;
                    begin = i + 1;
                    lines++;
                    return new LineReader(buffer, line, i);
                }
            }
            searched = filled;
            int moved = begin;
            fill();
            searched -= moved - begin;
            if (searched == filled) {
                if (begin == filled) {
                    return null;
                }
                throw new UnreadableException("the last line does not end");
            }
        }
    }

    /** Counts the line that was returned last among those that the trailer's digest covers. */
    void hash() {
        sha256.update(buffer, line, begin - line);
    }

    /** Returns the digest of all lines that were counted. */
    EventHash digest() {
        return EventHash.of(sha256.digest());
    }

    /** Returns the number of the line that was returned last. */
    long lines() {
        return lines;
    }

    /** Reads more behind what is there; the beginning of the line moves to the front. */
    private void fill() throws IOException, UnreadableException {
        if (begin > 0) {
            System.arraycopy(buffer, begin, buffer, 0, filled - begin);
            filled -= begin;
            begin = 0;
        }
        if (filled == buffer.length) {
            if (buffer.length >= maxLine) {
                throw new UnreadableException("a line is longer than %d bytes".formatted(maxLine));
            }
            buffer = Arrays.copyOf(buffer, (int) Math.min(2L * buffer.length, maxLine));
        }
        int read = in.read(buffer, filled, buffer.length - filled);
        filled += Math.max(0, read);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
