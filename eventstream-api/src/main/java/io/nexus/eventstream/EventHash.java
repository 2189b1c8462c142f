package io.nexus.eventstream;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * The SHA-256 that ties an event to everything before it in its tenant's log. Its byte layout is written down in
 * {@code docs/hash-chain.md}.
 */
public final class EventHash {

    /** The number of bytes of a hash. */
    public static final int LENGTH = 32;

    /** What stands in the place of the previous hash for the first event of a log: 32 zero bytes. */
    public static final EventHash NONE = new EventHash(new byte[LENGTH]);

    private final byte[] bytes;

    private EventHash(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Returns the hash with these bytes.
     *
     * @throws IllegalArgumentException unless there are 32
     */
    public static EventHash of(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("a SHA-256 has 32 bytes, not " + bytes.length);
        }
        return new EventHash(bytes.clone());
    }

    /** Returns a copy of the 32 bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EventHash hash && Arrays.equals(bytes, hash.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Returns 64 lower-case hexadecimal digits. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
