package io.nexus.eventstream.proof;

import io.nexus.eventstream.EventHash;
import io.nexus.eventstream.Position;
import io.nexus.eventstream.TenantId;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;

/**
 * A signed statement that a stretch of a tenant's log had these links when it was sealed. Once a copy of it has left the
 * database, nobody can change an event up to {@code to} unnoticed, whatever rights they have there. Seals of a tenant follow
 * each other without gaps, and each carries the digest of the one before.
 *
 * <p>The bytes that are signed, and the digest, are specified in {@code docs/hash-chain.md}.
 *
 * @param tenant the owner of the log
 * @param from the first position that the seal covers
 * @param to the last one
 * @param linkBefore the link of the event before {@code from}, {@link EventHash#NONE} if there is none
 * @param link the link of the event at {@code to}
 * @param recordedAt when the event at {@code to} was recorded
 * @param sealedAt when the seal was made, by the clock of whoever made it
 * @param keyId which key signed it; not blank, at most {@value #MAX_KEY_ID_LENGTH} Unicode characters
 * @param previous the digest of the tenant's seal before, {@link EventHash#NONE} for the first
 * @param signature what the key made of {@link #message()}; not to be modified
 */
// The signature is shared and not copied, as the bytes of an event are.
@SuppressWarnings("ArrayRecordComponent")
public record Seal(
        TenantId tenant,
        Position from,
        Position to,
        EventHash linkBefore,
        EventHash link,
        Instant recordedAt,
        Instant sealedAt,
        String keyId,
        EventHash previous,
        byte[] signature) {

    /** The largest number of Unicode characters of a key's id. */
    public static final int MAX_KEY_ID_LENGTH = 200;

    private static final byte[] DOMAIN = "eventstream.seal.v1".getBytes(StandardCharsets.US_ASCII);

    /** Where times are counted from, as in the hash chain. */
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    /**
     * Checks the range and the key's id.
     *
     * @throws IllegalArgumentException if the range holds no event, or the id is blank, too long, or holds a character that cannot be stored
     */
    public Seal {
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(linkBefore, "linkBefore");
        Objects.requireNonNull(link, "link");
        Objects.requireNonNull(recordedAt, "recordedAt");
        Objects.requireNonNull(sealedAt, "sealedAt");
        Objects.requireNonNull(previous, "previous");
        Objects.requireNonNull(signature, "signature");
        if (from.value() < 1 || to.isBefore(from)) {
            throw new IllegalArgumentException("a seal covers one event or more, not %s to %s".formatted(from, to));
        }
        int length = keyId.codePointCount(0, keyId.length());
        if (keyId.isBlank() || length > MAX_KEY_ID_LENGTH) {
            throw new IllegalArgumentException(
                    "the id of a key must have 1 to %d characters and not be blank, it has %d"
                            .formatted(MAX_KEY_ID_LENGTH, length));
        }
        if (keyId.indexOf(0) >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(keyId)) {
            throw new IllegalArgumentException("the id of a key must not contain NUL or half of a surrogate pair");
        }
    }

    /** Returns the bytes that are signed: everything but the signature. */
    public byte[] message() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.write(DOMAIN);
            out.write(previous.bytes());
            out.writeLong(from.value());
            out.writeLong(to.value());
            out.write(linkBefore.bytes());
            out.write(link.bytes());
            out.writeLong(micros(recordedAt));
            out.writeLong(micros(sealedAt));
            writeBytes(out, tenant.value().getBytes(StandardCharsets.UTF_8));
            writeBytes(out, keyId.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory does not fail", e);
        }
        return bytes.toByteArray();
    }

    /** Returns what the next seal carries of this one: the SHA-256 of its message and its signature. */
    public EventHash digest() {
        MessageDigest sha256 = sha256();
        sha256.update(message());
        sha256.update(new byte[] {
            (byte) (signature.length >>> 24),
            (byte) (signature.length >>> 16),
            (byte) (signature.length >>> 8),
            (byte) signature.length
        });
        return EventHash.of(sha256.digest(signature));
    }

    /** Returns the same statement with this signature. */
    public Seal signed(byte[] newSignature) {
        return new Seal(tenant, from, to, linkBefore, link, recordedAt, sealedAt, keyId, previous, newSignature);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Seal seal
                && Arrays.equals(message(), seal.message())
                && Arrays.equals(signature, seal.signature);
    }

    @Override
    public int hashCode() {
        return Objects.hash(tenant, from, to, link);
    }

    /** Returns what it covers and who signed it. */
    @Override
    public String toString() {
        return "seal of positions %s to %s of tenant %s by key %s".formatted(from, to, tenant, keyId);
    }

    private static long micros(Instant moment) {
        return (moment.getEpochSecond() - EPOCH.getEpochSecond()) * 1_000_000 + moment.getNano() / 1_000;
    }

    private static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
