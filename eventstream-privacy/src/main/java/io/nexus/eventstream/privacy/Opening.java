package io.nexus.eventstream.privacy;

import io.nexus.eventstream.StoredEvent;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Turns events back into what they were: with the values, or with others in their places. Thread-safe. */
final class Opening {

    /** What a masked text looks like. */
    private static final byte[] MASK = "\"***\"".getBytes(StandardCharsets.UTF_8);

    private final SubjectKeys keys;

    Opening(SubjectKeys keys) {
        this.keys = keys;
    }

    /** Returns whether anything of an event is encrypted. */
    static boolean isNeeded(StoredEvent stored) {
        return EncryptedJson.is(stored.payload()) || EncryptedJson.is(stored.metadata());
    }

    /** Returns an event with all values that can be read, and what was declared in the place of those that were erased. */
    StoredEvent clear(StoredEvent stored) {
        return opened(stored, secret -> true);
    }

    /** Returns an event with the values of one person; those of others are masked. */
    StoredEvent clear(StoredEvent stored, UUID person) {
        return opened(stored, secret -> secret.key().equals(person));
    }

    /** Returns an event that shows nobody's data; no person's key is looked at. */
    StoredEvent masked(StoredEvent stored) {
        return opened(stored, secret -> false);
    }

    /** Returns under which persons' keys an event holds data. */
    Set<UUID> persons(StoredEvent stored) {
        Set<UUID> persons = new HashSet<>();
        persons.addAll(persons(Place.of(stored, Place.PAYLOAD), stored.payload()));
        persons.addAll(persons(Place.of(stored, Place.METADATA), stored.metadata()));
        return persons;
    }

    private Set<UUID> persons(Place place, byte[] json) {
        EncryptedJson fields = part(place, json).fields();
        return fields == null
                ? Set.of()
                : fields.secrets().stream().map(EncryptedJson.Secret::key).collect(Collectors.toSet());
    }

    private StoredEvent opened(StoredEvent stored, Predicate<EncryptedJson.Secret> shown) {
        return new StoredEvent(
                stored.tenant(),
                stored.position(),
                stored.stream(),
                stored.version(),
                stored.id(),
                stored.type(),
                opened(Place.of(stored, Place.PAYLOAD), stored.payload(), shown),
                opened(Place.of(stored, Place.METADATA), stored.metadata(), shown),
                stored.occurredAt(),
                stored.recordedAt(),
                stored.hash());
    }

    private byte[] opened(Place place, byte[] json, Predicate<EncryptedJson.Secret> shown) {
        Part part = part(place, json);
        return part.fields() == null
                ? part.json()
                : part.fields().with(secret -> shown.test(secret) ? value(place, secret) : mask(secret));
    }

    /** Takes off what encrypts a payload as a whole, with the tenant's key, if anything does. */
    private Part part(Place place, byte[] json) {
        if (!EncryptedJson.is(json)) {
            return new Part(json, null);
        }
        EncryptedJson encrypted = read(place, json);
        return encrypted.isWhole()
                ? part(place, encrypted.with(secret -> value(place, secret)))
                : new Part(json, encrypted);
    }

    private static EncryptedJson read(Place place, byte[] json) {
        try {
            return EncryptedJson.of(json);
        } catch (IllegalArgumentException e) {
            throw malformed(place.toString(), e);
        }
    }

    private byte[] value(Place place, EncryptedJson.Secret secret) {
        Optional<SubjectKey> key = keys.forReading(place.tenant(), secret.key());
        if (key.isEmpty()) {
            if (secret.path().isEmpty()) {
                throw malformed(
                        what(place, secret),
                        new IllegalArgumentException("the key is a person's, and not the tenant's"));
            }
            return secret.erased().getBytes(StandardCharsets.UTF_8);
        }
        byte[] bytes;
        try {
            bytes = secret.bytes();
        } catch (IllegalArgumentException e) {
            throw malformed(what(place, secret), e);
        }
        if (bytes.length < SubjectKey.OVERHEAD + SubjectKey.SHORTEST) {
            throw malformed(what(place, secret), new IllegalArgumentException(bytes.length + " bytes are too few"));
        }
        try {
            return key.get().decryptJson(bytes, place.at(secret.path(), secret.erased()));
        } catch (GeneralSecurityException e) {
            throw new PersonalDataException(PersonalDataException.Reason.NOT_AUTHENTIC, what(place, secret), e);
        }
    }

    private static String what(Place place, EncryptedJson.Secret secret) {
        return "%s in %s".formatted(secret.path().isEmpty() ? "all" : secret.path(), place);
    }

    private static byte[] mask(EncryptedJson.Secret secret) {
        return secret.erased().equals(JsonShapes.ERASED_TEXT)
                ? MASK
                : secret.erased().getBytes(StandardCharsets.UTF_8);
    }

    private static PersonalDataException malformed(String what, IllegalArgumentException cause) {
        return new PersonalDataException(PersonalDataException.Reason.MALFORMED, what, cause);
    }

    /**
     * A payload or metadata as its fields were encrypted.
     *
     * @param fields what is encrypted in it, null if nothing is
     */
    // Compared nowhere.
    @SuppressWarnings("ArrayRecordComponent")
    private record Part(byte[] json, @Nullable EncryptedJson fields) {}
}
