package io.nexus.eventstream.privacy;

import io.nexus.eventstream.TenantId;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * A person's key as it is stored: wrapped, or destroyed. A destroyed one stays as a tombstone, so that no new key is made for the
 * person unasked.
 *
 * @param tenant whose person it is
 * @param id the key's name, which stands in the events
 * @param subject the person's id, or what stands for it
 * @param wrapped the key and what wrapped it; empty once it was destroyed
 * @param erasure when and why it was destroyed
 */
public record StoredKey(TenantId tenant, UUID id, String subject, Optional<Wrapped> wrapped, Optional<Erased> erasure) {

    /** Checks that nothing is missing. */
    public StoredKey {
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(subject, "subject");
        Objects.requireNonNull(wrapped, "wrapped");
        Objects.requireNonNull(erasure, "erasure");
    }

    /** Returns the same key, wrapped otherwise. */
    public StoredKey withWrapped(Wrapped newWrapped) {
        return new StoredKey(tenant, id, subject, Optional.of(newWrapped), erasure);
    }

    /** Returns whose key it is, never its bytes. */
    @Override
    public String toString() {
        return "StoredKey[%s of tenant %s%s]".formatted(id, tenant, erasure.isPresent() ? ", destroyed" : "");
    }

    /**
     * A wrapped key.
     *
     * @param masterKey the id of the master key
     * @param bytes what it made of the key; not to be modified
     */
    // Compared nowhere.
    @SuppressWarnings("ArrayRecordComponent")
    public record Wrapped(String masterKey, byte[] bytes) {}

    /**
     * The end of a key.
     *
     * @param at when it was destroyed, in microseconds
     * @param reason why
     * @param finished whether all that an erasure has to do was done
     */
    public record Erased(Instant at, String reason, boolean finished) {}
}
