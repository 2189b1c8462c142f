package io.nexus.eventstream.core.proof;

import io.nexus.eventstream.spi.SealSigner;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Objects;

/** Signs seals with a private key in memory. Thread-safe. */
public final class Ed25519Signer implements SealSigner {

    private final String keyId;
    private final PrivateKey key;

    private Ed25519Signer(String keyId, PrivateKey key) {
        this.keyId = Objects.requireNonNull(keyId, "keyId");
        this.key = Objects.requireNonNull(key, "key");
    }

    /** Returns a signer with an Ed25519 key, for example of a {@code KeyPair}. */
    public static Ed25519Signer of(String keyId, PrivateKey key) {
        return new Ed25519Signer(keyId, key);
    }

    /**
     * Returns a signer with a key that is read from the text of a PEM file in PKCS#8, {@code BEGIN PRIVATE KEY}.
     *
     * @throws IllegalArgumentException if the text is no Ed25519 key
     */
    public static Ed25519Signer of(String keyId, String pem) {
        String base64 = pem.replaceAll("-----(BEGIN|END) PRIVATE KEY-----", "").replaceAll("\\s", "");
        try {
            byte[] bytes = Base64.getDecoder().decode(base64);
            return of(keyId, KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(bytes)));
        } catch (IllegalArgumentException | InvalidKeySpecException e) {
            throw new IllegalArgumentException(
                    "key %s is no Ed25519 private key in PKCS#8 and PEM".formatted(keyId), e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java platform has no Ed25519", e);
        }
    }

    @Override
    public String keyId() {
        return keyId;
    }

    @Override
    public byte[] sign(byte[] message) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(key);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("key %s cannot sign with Ed25519".formatted(keyId), e);
        }
    }
}
