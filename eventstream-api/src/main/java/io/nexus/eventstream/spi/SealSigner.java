package io.nexus.eventstream.spi;

/**
 * Signs seals with a key that the database does not know: a key of the application, or of a key management service that never
 * lets it out.
 *
 * <pre>{@code
 * SealSigner signer = new SealSigner() {
 *     public String keyId() {
 *         return "seals-2026";
 *     }
 *
 *     public byte[] sign(byte[] message) {
 *         return kms.sign("seals-2026", message);
 *     }
 * };
 * }</pre>
 *
 * <p>Implementations are thread-safe.
 */
public interface SealSigner {

    /** Returns the id of the key that signs now, by which the public key is found again; at most 200 characters. */
    String keyId();

    /** Returns the Ed25519 signature of a message, 64 bytes, made with the key of {@link #keyId()}. */
    byte[] sign(byte[] message);
}
