package io.nexus.eventstream.privacy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * The key ring: a key for each person, made when it is first needed, wrapped by the master key wherever it is stored.
 *
 * <p>Keys in use stay in memory for a while. A key that is destroyed through this object is forgotten at once; other nodes forget
 * it when they read the event that says so, and at the latest after {@link Builder#readTtl}. For writing a key is looked up anew
 * after {@link Builder#writeTtl}, so for that long another node may still accept an event about a person who was erased here. Such
 * an event is treated as if it had come before: it can be read by nobody.
 *
 * <p>Thread-safe.
 */
public final class SubjectKeys {

    /** The subject of the tenant's own key, for whole payloads; no person has an empty id. */
    static final String TENANT = "";

    private static final int MAX_SUBJECT_LENGTH = 512;
    private static final int REWRAPPED_AT_ONCE = 100;

    private final SubjectKeyStore store;
    private final MasterKey master;
    private final Map<String, MasterKey> masters = new HashMap<>();
    private final @Nullable SecretKey hiding;
    private final Cache<Reading, Found> reading;
    private final Cache<Writing, Found> writing;
    private final Cache<Noted, Boolean> noted;

    private SubjectKeys(Builder builder) {
        store = builder.store;
        master = builder.master;
        builder.former.forEach(key -> masters.put(key.id(), key));
        masters.put(master.id(), master);
        hiding = builder.hiding;
        if (hiding != null) {
            hidden("try it", hiding);
        }
        reading = Caffeine.newBuilder()
                .maximumSize(builder.most)
                .expireAfterWrite(builder.readTtl)
                .build();
        writing = Caffeine.newBuilder()
                .maximumSize(builder.most)
                .expireAfterWrite(builder.writeTtl)
                .build();
        noted = Caffeine.newBuilder().maximumSize(10L * builder.most).build();
    }

    /** Returns a key ring with its defaults. */
    public static SubjectKeys of(SubjectKeyStore store, MasterKey master) {
        return builder(store, master).build();
    }

    /**
     * Returns a builder of a key ring.
     *
     * @param store where keys are kept
     * @param master what wraps new ones
     */
    public static Builder builder(SubjectKeyStore store, MasterKey master) {
        return new Builder(store, master);
    }

    /**
     * Wraps all keys anew that another master key has wrapped, without a look at any event; can be repeated and run on several
     * nodes. Once it returns 0 the former master keys are no longer needed. Destroy them: with them every copy of a wrapped key
     * dies that is left in backups and in the write-ahead log, the keys of erased persons included.
     *
     * @return how many were wrapped anew
     * @throws PersonalDataException if a former master key was not given
     */
    public int rotate() {
        int rewrapped = 0;
        List<StoredKey> others = store.wrappedByOthersThan(master.id(), REWRAPPED_AT_ONCE);
        while (!others.isEmpty()) {
            for (StoredKey key : others) {
                StoredKey.Wrapped wrapped = wrapped(key.tenant(), key.id(), unwrapped(key));
                rewrapped += store.rewrap(key, wrapped) ? 1 : 0;
            }
            others = store.wrappedByOthersThan(master.id(), REWRAPPED_AT_ONCE);
        }
        return rewrapped;
    }

    /**
     * Returns what stands for a person in the database of keys and in the event of their erasure: the id itself, or a keyed hash
     * of it where ids are hidden. A read model that is to find its rows by it keeps it beside them.
     *
     * @throws IllegalArgumentException if it is blank or has more than 512 characters
     */
    public String pseudonym(String subject) {
        if (subject.isBlank() || subject.length() > MAX_SUBJECT_LENGTH || subject.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "the id of a person is not blank and has at most %d characters".formatted(MAX_SUBJECT_LENGTH));
        }
        return hiding == null ? subject : hidden(subject, hiding);
    }

    SubjectKeyStore store() {
        return store;
    }

    /** Returns a person's key for an event of a stream, made if they have none; empty if they were erased. */
    Optional<SubjectKey> forWriting(TenantId tenant, String subject, StreamId stream) {
        String pseudonym = pseudonym(subject);
        Optional<SubjectKey> key = current(tenant, pseudonym);
        if (key.isEmpty()) {
            return key;
        }
        UUID id = key.get().id();
        if (noted.getIfPresent(new Noted(id, stream)) == null) {
            if (!store.note(tenant, id, stream)) {
                forget(tenant, id, pseudonym);
                return Optional.empty();
            }
            noted.put(new Noted(id, stream), true);
        }
        return key;
    }

    /** Returns the tenant's own key. */
    SubjectKey ofTenant(TenantId tenant) {
        return current(tenant, TENANT).orElseThrow(() -> new IllegalStateException("a tenant's key is not erased"));
    }

    private Optional<SubjectKey> current(TenantId tenant, String pseudonym) {
        // Loaded under the entry's lock, so that forgetting it cannot be overtaken by a look-up from before.
        return writing.get(
                        new Writing(tenant, pseudonym),
                        person -> found(
                                store.current(tenant, pseudonym).orElseGet(() -> store.add(fresh(tenant, pseudonym)))))
                .key();
    }

    /**
     * Returns a key by its name, empty if it was destroyed.
     *
     * @throws PersonalDataException if there is no such key, or it cannot be opened
     */
    Optional<SubjectKey> forReading(TenantId tenant, UUID id) {
        return reading.get(
                        new Reading(tenant, id),
                        key -> found(store.find(tenant, id)
                                .orElseThrow(() -> new PersonalDataException(
                                        PersonalDataException.Reason.UNKNOWN_KEY,
                                        "what key %s of tenant %s has encrypted".formatted(id, tenant),
                                        null))))
                .key();
    }

    void forget(TenantId tenant, UUID id, String pseudonym) {
        reading.invalidate(new Reading(tenant, id));
        writing.invalidate(new Writing(tenant, pseudonym));
    }

    /** Forgets that a person was erased. */
    void forgetErasure(TenantId tenant, String pseudonym) {
        writing.invalidate(new Writing(tenant, pseudonym));
    }

    /** Forgets a key whose erasure was read in the log, unless it is known to be destroyed. */
    void forget(TenantId tenant, UUID id) {
        Reading key = new Reading(tenant, id);
        Found found = reading.getIfPresent(key);
        if (found != null && found.key().isPresent()) {
            reading.invalidate(key);
        }
    }

    private Found found(StoredKey stored) {
        return new Found(
                stored.erasure().isPresent()
                        ? Optional.empty()
                        : Optional.of(SubjectKey.of(stored.id(), unwrapped(stored))));
    }

    private StoredKey fresh(TenantId tenant, String pseudonym) {
        UUID id = UUID.randomUUID();
        return new StoredKey(
                tenant, id, pseudonym, Optional.of(wrapped(tenant, id, SubjectKey.random())), Optional.empty());
    }

    private StoredKey.Wrapped wrapped(TenantId tenant, UUID id, byte[] key) {
        return new StoredKey.Wrapped(master.id(), master.wrap(key, context(tenant, id)));
    }

    private byte[] unwrapped(StoredKey stored) {
        StoredKey.Wrapped wrapped = stored.wrapped().orElseThrow();
        String what = "key %s of tenant %s, wrapped by master key %s"
                .formatted(stored.id(), stored.tenant(), wrapped.masterKey());
        MasterKey wrappedBy = masters.get(wrapped.masterKey());
        if (wrappedBy == null) {
            throw new PersonalDataException(PersonalDataException.Reason.UNKNOWN_MASTER_KEY, what, null);
        }
        try {
            return wrappedBy.unwrap(wrapped.bytes(), context(stored.tenant(), stored.id()));
        } catch (IllegalArgumentException e) {
            throw new PersonalDataException(PersonalDataException.Reason.WRONG_MASTER_KEY, what, e);
        }
    }

    /** Ties a wrapped key to its tenant and its name, so that it opens in no other place. */
    private static byte[] context(TenantId tenant, UUID id) {
        return new Bytes("eventstream.key.v1").add(tenant.value()).add(id).bytes();
    }

    private static String hidden(String subject, SecretKey key) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return HexFormat.of().formatHex(mac.doFinal(subject.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("the key does not fit HMAC-SHA256: " + e.getMessage(), e);
        }
    }

    private record Reading(TenantId tenant, UUID key) {}

    private record Writing(TenantId tenant, String subject) {}

    private record Noted(UUID key, StreamId stream) {}

    private record Found(Optional<SubjectKey> key) {}

    /** Sets up {@link SubjectKeys}. Not thread-safe. */
    public static final class Builder {

        private final SubjectKeyStore store;
        private final MasterKey master;
        private List<MasterKey> former = List.of();
        private @Nullable SecretKey hiding;
        private Duration readTtl = Duration.ofMinutes(1);
        private Duration writeTtl = Duration.ofSeconds(1);
        private int most = 10_000;

        private Builder(SubjectKeyStore store, MasterKey master) {
            this.store = Objects.requireNonNull(store, "store");
            this.master = Objects.requireNonNull(master, "master");
        }

        /** Sets the master keys that wrapped keys before this one did, for as long as there are such keys; by default none. */
        public Builder formerly(MasterKey... keys) {
            former = List.of(keys);
            return this;
        }

        /**
         * Has the ids of persons hidden behind an HMAC-SHA256 wherever this module writes them, for ids that are personal data
         * themselves. By default they are kept as they are. The key is never changed: it is how a person is found.
         *
         * @throws IllegalArgumentException at {@link #build()} if it is no key for HMAC-SHA256
         */
        public Builder hideSubjects(SecretKey key) {
            hiding = Objects.requireNonNull(key, "key");
            return this;
        }

        /** Sets for how long a key for reading stays in memory; by default a minute. */
        public Builder readTtl(Duration ttl) {
            readTtl = requirePositive("readTtl", ttl);
            return this;
        }

        /** Sets for how long a person is believed not to be erased when something is appended; by default a second. */
        public Builder writeTtl(Duration ttl) {
            writeTtl = requirePositive("writeTtl", ttl);
            return this;
        }

        /** Sets how many keys stay in memory at most; by default 10,000. */
        public Builder cacheSize(int keys) {
            if (keys < 1) {
                throw new IllegalArgumentException("cacheSize is %d, it must be 1 or more".formatted(keys));
            }
            most = keys;
            return this;
        }

        /** Returns the key ring. */
        public SubjectKeys build() {
            return new SubjectKeys(this);
        }

        private static Duration requirePositive(String name, Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException("%s is %s, it must be more than nothing".formatted(name, value));
            }
            return value;
        }
    }
}
