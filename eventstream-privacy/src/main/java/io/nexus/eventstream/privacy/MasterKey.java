package io.nexus.eventstream.privacy;

/**
 * A key of the host that wraps the keys of persons, so that whoever reads the database of keys can open none of them. It lives
 * where the database and its backups do not: in a key management service, an HSM, or a secret of the deployment.
 *
 * <p>An adapter to a key management service implements the three methods by one call each. Implementations are thread-safe; what
 * they throw reaches the caller of whatever needed the key.
 */
public interface MasterKey {

    /** Returns the name of this version of the key, kept beside what it wrapped; not blank and never used for another key. */
    String id();

    /**
     * Encrypts a key.
     *
     * @param key 64 bytes
     * @param context what the key is for, its tenant and person; the same bytes must be given to open it again
     */
    byte[] wrap(byte[] key, byte[] context);

    /**
     * Decrypts a key.
     *
     * @throws IllegalArgumentException if it was wrapped by another master key or for another context, or was changed
     */
    byte[] unwrap(byte[] wrapped, byte[] context);

    /**
     * Returns a master key of 32 random bytes, which are the host's to keep: AES-256-GCM.
     *
     * @throws IllegalArgumentException unless there are 32 bytes
     */
    static MasterKey of(String id, byte[] bytes) {
        return new LocalMasterKey(id, bytes);
    }
}
