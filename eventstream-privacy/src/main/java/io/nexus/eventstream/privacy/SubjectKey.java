package io.nexus.eventstream.privacy;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.DeterministicAead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.daead.AesSivKey;
import com.google.crypto.tink.daead.AesSivParameters;
import com.google.crypto.tink.daead.DeterministicAeadConfig;
import com.google.crypto.tink.util.SecretBytes;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.UUID;

/** A person's key, ready for use: AES-256-SIV, which gives the same bytes for the same value in the same place. */
record SubjectKey(UUID id, DeterministicAead aead) {

    static final int BYTES = 64;

    /** The least that it makes of anything: the synthetic IV. */
    static final int OVERHEAD = 16;

    /**
     * The cipher shows how long something is, and for the short ones that says what they are: yes or no, a digit, one of three words.
     * So JSON is filled up with blanks, which mean nothing in it: to as much as most names, dates and numbers have, and from there
     * on in steps that cost little.
     */
    static final int SHORTEST = 32;

    private static final int STEP = 16;

    @AccessesPartialKey
    static SubjectKey of(UUID id, byte[] bytes) {
        try {
            DeterministicAeadConfig.register();
            AesSivKey key = AesSivKey.builder()
                    .setParameters(AesSivParameters.builder()
                            .setKeySizeBytes(BYTES)
                            .setVariant(AesSivParameters.Variant.NO_PREFIX)
                            .build())
                    .setKeyBytes(SecretBytes.copyFrom(bytes, InsecureSecretKeyAccess.get()))
                    .build();
            return new SubjectKey(
                    id,
                    KeysetHandle.newBuilder()
                            .addEntry(KeysetHandle.importKey(key).withFixedId(1).makePrimary())
                            .build()
                            .getPrimitive(RegistryConfiguration.get(), DeterministicAead.class));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key of %d bytes cannot be used".formatted(bytes.length), e);
        }
    }

    static byte[] random() {
        return SecretBytes.randomBytes(BYTES).toByteArray(InsecureSecretKeyAccess.get());
    }

    byte[] encrypt(byte[] clear, byte[] place) {
        try {
            return aead.encryptDeterministically(clear, place);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a value cannot be encrypted", e);
        }
    }

    byte[] decrypt(byte[] secret, byte[] place) throws GeneralSecurityException {
        return aead.decryptDeterministically(secret, place);
    }

    byte[] encryptJson(byte[] clear, byte[] place) {
        byte[] padded = Arrays.copyOf(clear, Math.max(SHORTEST, (clear.length + STEP - 1) / STEP * STEP));
        Arrays.fill(padded, clear.length, padded.length, (byte) ' ');
        return encrypt(padded, place);
    }

    byte[] decryptJson(byte[] secret, byte[] place) throws GeneralSecurityException {
        byte[] padded = decrypt(secret, place);
        int length = padded.length;
        while (length > 0 && padded[length - 1] == ' ') {
            length--;
        }
        return Arrays.copyOf(padded, length);
    }

    /** Returns the name, never the bytes. */
    @Override
    public String toString() {
        return "SubjectKey[" + id + "]";
    }
}
