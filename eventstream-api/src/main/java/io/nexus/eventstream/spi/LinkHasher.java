package io.nexus.eventstream.spi;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.TenantId;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Computes links of one tenant's hash chain, one after the other, into arrays that are used again. {@link HashChain} says what a
 * link is.
 *
 * <p>Not thread-safe.
 */
public final class LinkHasher {

    /** Put in front of every link, so that no other SHA-256 of this library can be taken for one. */
    private static final byte[] DOMAIN = "eventstream.event.v1".getBytes(StandardCharsets.US_ASCII);

    private static final int NUMBERS_AT = DOMAIN.length + EventHash.LENGTH;
    private static final int TEXTS_AT = NUMBERS_AT + LogRow.NUMBERS;

    private final MessageDigest sha256 = sha256();
    private final byte[] tenant;

    /** The bytes to hash. Domain, tenant and the length of it stand in it for good. */
    private byte[] bytes = new byte[1_024];

    private int end;

    /** Creates a hasher for a tenant's chain. */
    public LinkHasher(TenantId tenant) {
        this.tenant = tenant.value().getBytes(StandardCharsets.UTF_8);
        System.arraycopy(DOMAIN, 0, bytes, 0, DOMAIN.length);
    }

    /**
     * Computes the link of an event. The event's own {@code hash} is not looked at.
     *
     * @param previous the link before, 32 bytes; zeros at position 1
     * @param row the event
     * @param link where the link is written to, 32 bytes; may be {@code previous}
     */
    public void link(byte[] previous, LogRow row, byte[] link) {
        System.arraycopy(previous, 0, bytes, DOMAIN.length, EventHash.LENGTH);
        System.arraycopy(row.numbers(), 0, bytes, NUMBERS_AT, LogRow.NUMBERS);
        end = TEXTS_AT;
        put(tenant);
        put(row.category());
        put(row.aggregateId());
        put(row.eventType());
        put(row.payload());
        put(row.metadata());
        sha256.update(bytes, 0, end);
        try {
            sha256.digest(link, 0, EventHash.LENGTH);
        } catch (DigestException e) {
            throw new IllegalArgumentException("a link has 32 bytes, not " + link.length, e);
        }
    }

    private void put(byte[] text) {
        int length = text.length;
        if (bytes.length - end < Integer.BYTES + length) {
            bytes = Arrays.copyOf(bytes, Math.addExact(end, Integer.BYTES + length) + bytes.length / 2);
        }
        bytes[end] = (byte) (length >>> 24);
        bytes[end + 1] = (byte) (length >>> 16);
        bytes[end + 2] = (byte) (length >>> 8);
        bytes[end + 3] = (byte) length;
        System.arraycopy(text, 0, bytes, end + Integer.BYTES, length);
        end += Integer.BYTES + length;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
