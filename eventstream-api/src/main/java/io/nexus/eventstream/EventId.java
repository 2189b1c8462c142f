package io.nexus.eventstream;

import com.github.f4b6a3.ulid.Ulid;
import com.github.f4b6a3.ulid.UlidCreator;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;
import java.util.UUID;

/**
 * The identity of an event, unique inside its tenant for ever: 128 bits, written as a <a
 * href="https://github.com/ulid/spec">ULID</a> of 26 characters and stored as a {@code uuid}.
 *
 * <p>It is what makes an append safe to repeat: a second append with ids that the log already holds is answered with the
 * first result instead of being written again. So keep the id of a command that may be retried, or derive it with
 * {@link #fromName(String)}.
 *
 * <p>The order of ids says nothing about the order of events; that is the {@link Position}.
 *
 * @param value the 128 bits
 */
public record EventId(UUID value) implements Comparable<EventId> {

    /** Checks that there is a value. */
    public EventId {
        Objects.requireNonNull(value, "event id");
    }

    /**
     * Returns a new id of the present millisecond, larger than every id that this JVM made before unless the machine's clock
     * has been set back by ten seconds or more since.
     */
    public static EventId generate() {
        return new EventId(UlidCreator.getMonotonicUlid().toUuid());
    }

    /**
     * Returns the id written in {@code text}, a ULID (26 characters) or a UUID (36 characters).
     *
     * @throws IllegalArgumentException if the text is neither
     */
    public static EventId of(String text) {
        Objects.requireNonNull(text, "event id");
        try {
            return new EventId(
                    text.length() == 36 ? uuid(text) : Ulid.from(text).toUuid());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "\"%s\" is not an event id: expected a ULID of 26 characters or a UUID of 36"
                            .formatted(text.length() <= 64 ? text : text.substring(0, 64) + "…"),
                    text.length() <= 64 ? e : null);
        }
    }

    /**
     * Returns the id that belongs to a name: the first 128 bits of its SHA-256. The same name gives the same id on every
     * machine, for ever, so an import that names its events after their source can run twice and writes once.
     *
     * @param name what identifies the event at its source, with enough in it to be unique inside the tenant, for example
     *     {@code "journal/JE-1/line/2"}
     * @throws IllegalArgumentException if the name holds half of a surrogate pair: such a name has no UTF-8 form, and
     *     different ones would be given the same id
     */
    public static EventId fromName(String name) {
        TextRules.requireCharacters(name, "event name");
        byte[] digest = sha256().digest(name.getBytes(StandardCharsets.UTF_8));
        ByteBuffer bits = ByteBuffer.wrap(digest);
        return new EventId(new UUID(bits.getLong(), bits.getLong()));
    }

    /** Compares by the 128 bits as an unsigned number, which is the alphabetical order of the ULIDs. */
    @Override
    public int compareTo(EventId other) {
        int high = Long.compareUnsigned(value.getMostSignificantBits(), other.value.getMostSignificantBits());
        return high != 0
                ? high
                : Long.compareUnsigned(value.getLeastSignificantBits(), other.value.getLeastSignificantBits());
    }

    /** Returns the ULID, 26 characters of Crockford's base 32. */
    @Override
    public String toString() {
        return Ulid.from(value).toString();
    }

    /** Reads a UUID exactly; Java's own parser cuts groups that are too long and fills up those that are too short. */
    private static UUID uuid(String text) {
        UUID uuid = UUID.fromString(text);
        if (!uuid.toString().equalsIgnoreCase(text)) {
            throw new IllegalArgumentException("not written in groups of 8, 4, 4, 4 and 12 hexadecimal digits");
        }
        return uuid;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
