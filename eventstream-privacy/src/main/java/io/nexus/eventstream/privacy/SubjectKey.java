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
import java.util.UUID;

/** A person's key, ready for use: AES-256-SIV, which gives the same bytes for the same value in the same place. */
record SubjectKey(UUID id, DeterministicAead aead) {

    static final int BYTES = 64;

    /** The least that it makes of anything: the synthetic IV. */
    static final int OVERHEAD = 16;

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

    /** Returns the name, never the bytes. */
    @Override
    public String toString() {
        return "SubjectKey[" + id + "]";
    }
}
