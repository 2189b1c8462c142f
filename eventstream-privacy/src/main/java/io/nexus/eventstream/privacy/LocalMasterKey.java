package io.nexus.eventstream.privacy;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.AesGcmKey;
import com.google.crypto.tink.aead.AesGcmParameters;
import com.google.crypto.tink.util.SecretBytes;
import java.security.GeneralSecurityException;
import java.util.Objects;

/** A master key whose bytes are in this process. */
final class LocalMasterKey implements MasterKey {

    private static final int BYTES = 32;

    private final String id;
    private final Aead aead;

    @AccessesPartialKey
    LocalMasterKey(String id, byte[] bytes) {
        if (Objects.requireNonNull(id, "id").isBlank() || bytes.length != BYTES) {
            throw new IllegalArgumentException(
                    "a master key has a name and %d bytes, not %d".formatted(BYTES, bytes.length));
        }
        this.id = id;
        try {
            AeadConfig.register();
            AesGcmKey key = AesGcmKey.builder()
                    .setParameters(AesGcmParameters.builder()
                            .setKeySizeBytes(BYTES)
                            .setIvSizeBytes(12)
                            .setTagSizeBytes(16)
                            .setVariant(AesGcmParameters.Variant.NO_PREFIX)
                            .build())
                    .setKeyBytes(SecretBytes.copyFrom(bytes, InsecureSecretKeyAccess.get()))
                    .build();
            aead = KeysetHandle.newBuilder()
                    .addEntry(KeysetHandle.importKey(key).withFixedId(1).makePrimary())
                    .build()
                    .getPrimitive(RegistryConfiguration.get(), Aead.class);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java platform cannot encrypt by AES-GCM", e);
        }
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public byte[] wrap(byte[] key, byte[] context) {
        try {
            return aead.encrypt(key, context);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key cannot be wrapped", e);
        }
    }

    @Override
    public byte[] unwrap(byte[] wrapped, byte[] context) {
        try {
            return aead.decrypt(wrapped, context);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "the key was wrapped by another master key or for somebody else, or was changed", e);
        }
    }

    /** Returns the name, never the bytes. */
    @Override
    public String toString() {
        return "MasterKey[" + id + "]";
    }
}
