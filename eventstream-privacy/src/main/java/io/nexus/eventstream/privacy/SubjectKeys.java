package io.nexus.eventstream.privacy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.SubjectErased;
import io.nexus.eventstream.TenantId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
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

    /** For how long a key may be in memory after it was destroyed elsewhere; {@link EncryptedSnapshots} waits for longer. */
    static final Duration LONGEST_TTL = Duration.ofHours(12);

    private static final int MAX_SUBJECT_LENGTH = 512;
    private static final int REWRAPPED_AT_ONCE = 100;
    private static final int MOST_REPORTED = 100;

    /** What no person's id is, since it cannot hold a NUL. */
    private static final String NOBODY = "\0";

    private static final String NOT_HIDDEN = "none";

    private final SubjectKeyStore store;
    private final MasterKey master;
    private final Map<String, MasterKey> masters = new HashMap<>();
    private final @Nullable SecretKey hiding;
    private final String fingerprint;
    private final Cache<Reading, Found> reading;
    private final Cache<Writing, Found> writing;
    private final Cache<Noted, Boolean> noted;

    // Set once, by whichever thread comes first; another one would come to the same.
    private volatile boolean hidesAsBefore;

    private SubjectKeys(Builder builder) {
        store = builder.store;
        master = builder.master;
        builder.others.forEach(key -> masters.put(key.id(), key));
        masters.put(master.id(), master);
        hiding = builder.hiding;
        fingerprint = hiding == null ? NOT_HIDDEN : hidden(NOBODY, hiding);
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
     * nodes. A key that cannot be opened is left as it is, and reported once all others are done.
     *
     * <p>With a former master key every copy of a wrapped key dies that is left in backups and in the write-ahead log, the keys of
     * erased persons included. But a node that wraps new keys with it still loses them with it, for ever. So:
     *
     * <ol>
     *   <li>Give all nodes the new one as {@link Builder#next}, so that they open what others will wrap with it.
     *   <li>Give all nodes the new one as their master key and the old one as {@link Builder#formerly}.
     *   <li>When no process of before is left, rotate.
     *   <li>Look whether the old one is missing in {@link #masterKeys}.
     *   <li>Destroy it.
     * </ol>
     *
     * @return how many were wrapped anew
     * @throws PersonalDataException if keys cannot be opened, for example because a former master key was not given: the first of
     *     them; others are its suppressed exceptions, 100 at most
     */
    public int rotate() {
        int rewrapped = 0;
        @Nullable PersonalDataException first = null;
        List<StoredKey> others = store.wrappedByOthersThan(master.id(), Optional.empty(), REWRAPPED_AT_ONCE);
        while (!others.isEmpty()) {
            for (StoredKey key : others) {
                try {
                    StoredKey.Wrapped wrapped = wrapped(key.tenant(), key.id(), key.subject(), unwrapped(key));
                    rewrapped += store.rewrap(key, wrapped) ? 1 : 0;
                } catch (PersonalDataException e) {
                    if (first == null) {
                        first = e;
                    } else if (first.getSuppressed().length < MOST_REPORTED) {
                        first.addSuppressed(e);
                    }
                }
            }
            Optional<StoredKey> last = Optional.of(others.get(others.size() - 1));
            others = store.wrappedByOthersThan(master.id(), last, REWRAPPED_AT_ONCE);
        }
        if (first != null) {
            throw first;
        }
        return rewrapped;
    }

    /**
     * Returns the names of the master keys that wrap living keys, of all tenants, and how many each. One that is missing here is no
     * longer needed, if no node wraps with it any more.
     */
    public SortedMap<String, Long> masterKeys() {
        return new TreeMap<>(store.masterKeys());
    }

    /**
     * Returns what stands for a person in the database of keys and in the event of their erasure: the id itself, or a keyed hash
     * of it where ids are hidden. A read model that is to find its rows by it keeps it beside them.
     *
     * @throws IllegalArgumentException if it is blank or has more than 512 characters
     * @throws IllegalStateException if ids were hidden by another key in this database of keys, or not at all, or are hidden now and
     *     were not before: see {@link Builder#hideSubjects}
     */
    public String pseudonym(String subject) {
        if (subject.isBlank() || subject.length() > MAX_SUBJECT_LENGTH || subject.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "the id of a person is not blank and has at most %d characters".formatted(MAX_SUBJECT_LENGTH));
        }
        requireHiddenAsBefore();
        return hiding == null ? subject : hidden(subject, hiding);
    }

    /** A person would have a second key under a second name, and an erasure would find one of the two. */
    private void requireHiddenAsBefore() {
        if (!hidesAsBefore) {
            if (!store.hiding(fingerprint).equals(fingerprint)) {
                throw new IllegalStateException(
                        "the database of keys is used with other names of persons: give hideSubjects the key that it was first used with, or none if it was none, on every node");
            }
            hidesAsBefore = true;
        }
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
        letGo();
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
            letGo();
        }
    }

    /** The caches keep what was taken out of them until they next tidy up. */
    private void letGo() {
        reading.cleanUp();
        writing.cleanUp();
    }

    /** Returns whether what an event says is so: that the key that its stream is named after is destroyed. */
    boolean tellsOfAnErasure(TenantId tenant, StreamId stream, SubjectErased event) {
        return erasedIn(stream)
                .flatMap(key -> store.find(tenant, key))
                .filter(key -> key.subject().equals(event.subject()))
                .flatMap(StoredKey::erasure)
                .filter(erased ->
                        erased.at().equals(event.erasedAt()) && erased.reason().equals(event.reason()))
                .isPresent();
    }

    /** Returns the key whose end the events of a stream tell of. */
    static Optional<UUID> erasedIn(StreamId stream) {
        try {
            return stream.category().equals(SubjectErased.CATEGORY)
                    ? Optional.of(UUID.fromString(stream.aggregateId().value()))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
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
                tenant,
                id,
                pseudonym,
                Optional.of(wrapped(tenant, id, pseudonym, SubjectKey.random())),
                Optional.empty());
    }

    private StoredKey.Wrapped wrapped(TenantId tenant, UUID id, String pseudonym, byte[] key) {
        return new StoredKey.Wrapped(master.id(), master.wrap(key, context(tenant, id, pseudonym)));
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
            return wrappedBy.unwrap(wrapped.bytes(), context(stored.tenant(), stored.id(), stored.subject()));
        } catch (IllegalArgumentException e) {
            throw new PersonalDataException(PersonalDataException.Reason.WRONG_MASTER_KEY, what, e);
        }
    }

    /** Ties a wrapped key to its tenant, its name and its person, so that it opens in no other place. */
    static byte[] context(TenantId tenant, UUID id, String pseudonym) {
        return new Bytes("eventstream.key.v1")
                .add(tenant.value())
                .add(id)
                .add(pseudonym)
                .bytes();
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
        private final List<MasterKey> others = new ArrayList<>();
        private @Nullable SecretKey hiding;
        private Duration readTtl = Duration.ofMinutes(1);
        private Duration writeTtl = Duration.ofSeconds(1);
        private int most = 10_000;

        private Builder(SubjectKeyStore store, MasterKey master) {
            this.store = Objects.requireNonNull(store, "store");
            this.master = Objects.requireNonNull(master, "master");
        }

        /** Adds master keys that wrapped keys before this one did, for as long as there are such keys; by default none. */
        public Builder formerly(MasterKey... keys) {
            others.addAll(List.of(keys));
            return this;
        }

        /** Adds the master key that will wrap keys after this one, so that it opens what other nodes wrap with it already. */
        public Builder next(MasterKey key) {
            others.add(Objects.requireNonNull(key, "key"));
            return this;
        }

        /**
         * Has the ids of persons hidden behind an HMAC-SHA256 wherever this module writes them, for ids that are personal data
         * themselves. By default they are kept as they are. The key is never changed, nor given later or on some nodes only: it is how a
         * person is found. A fingerprint of it is kept in the database of keys, and who comes with another one is refused when a
         * person is first looked up.
         *
         * @throws IllegalArgumentException at {@link #build()} if it is no key for HMAC-SHA256
         */
        public Builder hideSubjects(SecretKey key) {
            hiding = Objects.requireNonNull(key, "key");
            return this;
        }

        /**
         * Sets for how long a key for reading stays in memory; by default a minute.
         *
         * @throws IllegalArgumentException if it is nothing or more than 12 hours
         */
        public Builder readTtl(Duration ttl) {
            readTtl = requireTtl("readTtl", ttl);
            return this;
        }

        /**
         * Sets for how long a person is believed not to be erased when something is appended; by default a second.
         *
         * @throws IllegalArgumentException if it is nothing or more than 12 hours
         */
        public Builder writeTtl(Duration ttl) {
            writeTtl = requireTtl("writeTtl", ttl);
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

        private static Duration requireTtl(String name, Duration value) {
            if (value.isNegative() || value.isZero() || value.compareTo(LONGEST_TTL) > 0) {
                throw new IllegalArgumentException("%s is %s, it must be more than nothing and at most %d hours"
                        .formatted(name, value, LONGEST_TTL.toHours()));
            }
            return value;
        }
    }
}
