package io.nexus.eventstream.privacy;

import io.nexus.eventstream.StreamId;
import io.nexus.eventstream.TenantId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Keeps wrapped keys, and in which streams a key was used, which is the index by which a person's data is found without a look
 * at the log. A stream is noted, and committed, before the first event is written with the key; so the index may name a stream
 * whose append failed, and never lacks one.
 *
 * <p>Implementations are thread-safe, and each method is a transaction of its own that is committed when it returns. They throw
 * {@link io.nexus.eventstream.StorageException} if the storage fails.
 */
public interface SubjectKeyStore {

    /** Returns the present key of a person, destroyed or not; empty if they never had one. */
    Optional<StoredKey> current(TenantId tenant, String subject);

    /** Adds a key unless the person has a present one; returns the one that they have then. */
    StoredKey add(StoredKey key);

    /**
     * Adds a destroyed key that is missing here, not yet finished: one of the past if the person has a present one, and their present
     * one otherwise. Does nothing if there is a key of its name.
     */
    void addDestroyed(StoredKey key);

    /** Returns a key by its name. */
    Optional<StoredKey> find(TenantId tenant, UUID key);

    /**
     * Notes that a stream is going to hold data under a key.
     *
     * @return whether the key is there and not destroyed; a destruction that has begun is waited for
     */
    boolean note(TenantId tenant, UUID key, StreamId stream);

    /** Returns streams that hold data under a key, in order, those after one of them. */
    List<StreamId> streams(TenantId tenant, UUID key, Optional<StreamId> after, int limit);

    /** Returns keys under which a stream holds data, the destroyed ones included, at most so many. */
    List<StoredKey> keysIn(TenantId tenant, StreamId stream, int limit);

    /** Removes the bytes of a key and leaves a tombstone; returns it. One that is destroyed already stays as it is. */
    StoredKey destroy(TenantId tenant, UUID key, String reason);

    /** Says that the erasure of a destroyed key was carried out. */
    void finish(TenantId tenant, UUID key);

    /** Returns destroyed keys of a tenant whose erasure was begun and not carried out. */
    List<StoredKey> unfinished(TenantId tenant, int limit);

    /** Makes a person's destroyed key one of the past, so that a new one can be added; returns whether there was one. */
    boolean retire(TenantId tenant, String subject);

    /** Returns keys that another master key has wrapped, of all tenants, in an order that stays, those after one of them. */
    List<StoredKey> wrappedByOthersThan(String masterKey, Optional<StoredKey> after, int limit);

    /** Returns the master keys that have wrapped keys which are not destroyed, of all tenants, and how many each. */
    Map<String, Long> masterKeys();

    /** Replaces a wrapped key by the same one wrapped otherwise, if it is still as it was and not destroyed. */
    boolean rewrap(StoredKey before, StoredKey.Wrapped wrapped);

    /** Keeps what tells how ids of persons are hidden, unless that is kept already; returns what is kept then. */
    String hiding(String fingerprint);
}
