package io.nexus.eventstream.proof;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The public keys, Ed25519, that seals are checked with, by their ids. After a change of keys it holds the old ones too: a seal
 * is checked with the key that signed it.
 */
public final class SealKeys {

    private final Map<String, PublicKey> keys;

    private SealKeys(Map<String, PublicKey> keys) {
        this.keys = Map.copyOf(keys);
    }

    /** Returns the one key with its id. */
    public static SealKeys of(String keyId, PublicKey key) {
        return new SealKeys(Map.of(keyId, key));
    }

    /**
     * Returns the one key with its id, read from the text of a PEM file, {@code BEGIN PUBLIC KEY}.
     *
     * @throws IllegalArgumentException if the text is no Ed25519 key
     */
    public static SealKeys of(String keyId, String pem) {
        String base64 = pem.replaceAll("-----(BEGIN|END) PUBLIC KEY-----", "").replaceAll("\\s", "");
        try {
            byte[] bytes = Base64.getDecoder().decode(base64);
            return of(keyId, KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(bytes)));
        } catch (IllegalArgumentException | InvalidKeySpecException e) {
            throw new IllegalArgumentException("key %s is no Ed25519 public key in PEM".formatted(keyId), e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java platform has no Ed25519", e);
        }
    }

    /**
     * Returns these keys and others.
     *
     * @throws IllegalArgumentException if one id names two keys
     */
    public SealKeys and(SealKeys others) {
        Map<String, PublicKey> all = new HashMap<>(keys);
        others.keys.forEach((id, key) -> {
            if (!key.equals(all.merge(id, key, (mine, theirs) -> mine))) {
                throw new IllegalArgumentException("two keys have the id " + id);
            }
        });
        return new SealKeys(all);
    }

    /** Returns the ids. */
    public Set<String> ids() {
        return keys.keySet();
    }

    /** Returns whether the key that a seal names is known and has signed it. */
    public boolean verify(Seal seal) {
        PublicKey key = keys.get(Objects.requireNonNull(seal, "seal").keyId());
        if (key == null) {
            return false;
        }
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initVerify(key);
            signature.update(seal.message());
            return signature.verify(seal.signature());
        } catch (SignatureException e) {
            // A signature of another form is one that does not fit.
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("key %s cannot be used with Ed25519".formatted(seal.keyId()), e);
        }
    }
}
